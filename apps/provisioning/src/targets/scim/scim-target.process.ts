import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { generic, isOld, type ScimProfile } from '#libs/scim/client/profile.js';
import { unknownPaths } from '#libs/scim/client/schema-paths.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { probeOf } from '../place-probe.process.js';
import type { Call, EntitlementTarget, KnownAccount, Probe, Target } from '../target.js';
import { ScimAccounts } from './scim-accounts.process.js';
import { ScimGroups } from './scim-groups.process.js';
import { limitsOf } from './scim-shown.js';

/** An application that speaks SCIM, as its profile says: accounts are Users, groups are Groups. It has no roles of its own. */
export class ScimTarget implements Target {
  readonly quietAfterMs = callTimeoutMs;
  readonly ask = null;
  readonly accounts: ScimAccounts;
  private readonly groups: ScimGroups;
  private readonly client: ScimClient;

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(
    private readonly access: ApplicationAccess,
    private readonly profile: ScimProfile = generic,
  ) {
    this.client = new ScimClient(access, profile);
    this.accounts = new ScimAccounts(this.client, access.nowMs, profile);
    this.groups = new ScimGroups(this.client, profile);
  }

  entitlements(kind: EntitlementKind): EntitlementTarget | null {
    return kind === 'group' ? this.groups : null;
  }

  tryList(call: Call): ReturnType<Target['tryList']> {
    return this.client.probe(limitsOf(call));
  }

  async unknownPaths(paths: readonly string[], call: Call): Promise<readonly string[] | null> {
    if (isOld(this.profile) || this.profile.discovery === 'none') return null;
    try {
      return unknownPaths(paths, await this.client.discovered('Schemas', limitsOf(call)));
    } catch (error) {
      if (error instanceof CallFailure) return null;
      throw error;
    }
  }

  probe(known: readonly KnownAccount[], call: Call): Promise<Probe> {
    return probeOf({ place: this.access.baseUrl, accounts: this.accounts }, known, call);
  }

  destroy(): Promise<void> {
    return this.client.destroy();
  }
}
