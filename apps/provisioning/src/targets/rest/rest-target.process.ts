import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { probeOf } from '../place-probe.process.js';
import type { Call, EntitlementTarget, KnownAccount, Probe, Target } from '../target.js';
import type { AccountDescription } from './account-description.js';
import { RestAccounts } from './rest-accounts.process.js';
import { RestClient } from './rest-client.process.js';
import type { RestDescription } from './rest-description.js';
import { RestEntitlements } from './rest-entitlements.process.js';

/** An application that has an API of its own, as a connector document describes it. */
export class RestTarget implements Target {
  readonly quietAfterMs: number | null;
  readonly ask: Target['ask'];
  readonly accounts: RestAccounts;
  private readonly client: RestClient;
  private readonly place: string;
  private readonly granted: Readonly<Record<EntitlementKind, EntitlementTarget | null>>;

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(
    access: ApplicationAccess,
    description: RestDescription,
    private readonly described: AccountDescription,
  ) {
    this.place = description.baseUrl ?? access.baseUrl;
    this.client = new RestClient({ ...access, baseUrl: this.place }, description);
    this.quietAfterMs = this.client.quietAfterMs;
    this.ask = this.client.ask;
    this.accounts = new RestAccounts(this.client, described);
    const { groups, roles } = description;
    this.granted = {
      account: null,
      group: groups === null ? null : new RestEntitlements(this.client, groups),
      role: roles === null ? null : new RestEntitlements(this.client, roles),
    };
  }

  entitlements(kind: EntitlementKind): EntitlementTarget | null {
    return this.granted[kind];
  }

  async tryList(call: Call): ReturnType<Target['tryList']> {
    try {
      const { answer } = await this.client.page({ request: this.described.list, sources: {}, path: null }, call);
      const { date } = answer.headers;
      return { status: answer.status, isList: true, date: typeof date === 'string' ? date : null };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.terms.status === null) throw error;
      return { status: error.terms.status, isList: false, date: null };
    }
  }

  /** A description says what is written; nobody says what the application has. */
  unknownPaths(): Promise<null> {
    return Promise.resolve(null);
  }

  probe(known: readonly KnownAccount[], call: Call): Promise<Probe> {
    return probeOf({ place: this.place, accounts: this.accounts }, known, call);
  }

  destroy(): Promise<void> {
    return this.client.destroy();
  }
}
