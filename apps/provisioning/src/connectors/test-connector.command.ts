import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { uuidv7 } from '#libs/event-store/ids.js';
import { AddressRefused } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { isSameAccount, Places, writtenName } from '../places/places.exports.js';
import { type Call, reading, type Target } from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import { ConnectorNotDefined } from './connector.errors.js';
import { ConnectorTargets } from './connector-targets.process.js';
import { Connectors } from './connectors.stream.js';
import { alternativeUrlsOf } from './alternative-urls.js';

export interface ConnectorTest {
  /** True if the address belongs to a SCIM service, and to the application of the known accounts. */
  readonly ok: boolean;
  /** `ok`, or the stable code of the failure. */
  readonly code: string;
  /** HTTP status of the application's answer for its list of users; null when none came. */
  readonly status: number | null;
  /** The answer was a SCIM ListResponse. */
  readonly isList: boolean;
  /** What was asked. */
  readonly address: string;
  /** An address at the same host that answers with a list; null when none was found, or none is needed. */
  readonly suggestedBaseUrl: string | null;
  readonly knownAccounts: { readonly asked: number; readonly found: number };
  /** What is wrong, and what to change. */
  readonly detail: string;
}

type Finding = Pick<ConnectorTest, 'code' | 'detail'>;

const probeMs = 5_000;
const shortly: Call = { operation: null, leftMs: () => probeMs };
const fine: Finding = { code: 'ok', detail: '' };

/**
 * Reads the application's list, searches an account that nobody has, and reads some known accounts. It changes nothing.
 */
export class TestConnector extends Command<ConnectorTest> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(TestConnector)
export class TestConnectorHandler implements ICommandHandler<TestConnector> {
  constructor(
    private readonly connectors: Connectors,
    private readonly targets: ConnectorTargets,
    private readonly places: Places,
  ) {}

  async execute({ id }: TestConnector): Promise<ConnectorTest> {
    const { document } = (await this.connectors.load(id)).state;
    if (document === null) throw new ConnectorNotDefined(`there is no connector ${id}`, { connector: id });
    const none = {
      ok: false,
      status: null,
      isList: false,
      address: `${document.baseUrl.replace(/\/+$/, '')}/Users`,
      suggestedBaseUrl: null,
      knownAccounts: { asked: 0, found: 0 },
    };
    try {
      return { ...none, ...(await this.using(id, document, (target) => this.tested(id, document, target))) };
    } catch (error) {
      return { ...none, ...findingOf(error) };
    }
  }

  private async tested(
    id: string,
    document: ConnectorDocument,
    target: Target,
  ): Promise<Omit<ConnectorTest, 'address'>> {
    const { status, isList } = await target.tryList(reading);
    const knownAccounts = { asked: 0, found: 0 };
    const suggestedBaseUrl = isList || mayBeRight(status) ? null : await this.neighbour(id, document);
    const seen = { status, isList, suggestedBaseUrl, knownAccounts };
    if (!isList) return { ok: false, ...seen, ...notAList(status, suggestedBaseUrl) };
    const lookUp = await lookUpOf(target);
    if (lookUp.code !== 'ok') return { ok: false, ...seen, ...lookUp };
    const known = await this.knownAccounts(id, target);
    const finding = known.asked > 0 && known.found === 0 ? elsewhere(known.asked) : fine;
    return { ok: finding.code === 'ok', ...seen, knownAccounts: known, ...finding };
  }

  /** A similar address that answers with a list; null for none. */
  private async neighbour(id: string, document: ConnectorDocument): Promise<string | null> {
    for (const baseUrl of alternativeUrlsOf(document.baseUrl)) {
      try {
        const probe = (target: Target): ReturnType<Target['tryList']> => target.tryList(shortly);
        if ((await this.using(id, { ...document, baseUrl }, probe)).isList) return baseUrl;
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
      }
    }
    return null;
  }

  private async knownAccounts(id: string, { accounts }: Target): Promise<ConnectorTest['knownAccounts']> {
    const known = await this.places.knownAccounts(id);
    let found = 0;
    for (const { identityId, accountId, state } of known) {
      const user = await accounts.read(accountId, reading).catch((error: unknown) => {
        if (error instanceof CallFailure) return null;
        throw error;
      });
      if (user !== null && isSameAccount(user, identityId, writtenName(state))) found += 1;
    }
    return { asked: known.length, found };
  }

  private async using<T>(id: string, document: ConnectorDocument, ask: (target: Target) => Promise<T>): Promise<T> {
    const target = this.targets.make(id, document);
    try {
      return await ask(target);
    } finally {
      await target.destroy();
    }
  }
}

/** Another address does not help if the application refuses the credentials, asks to wait or is down. */
function mayBeRight(status: number): boolean {
  return status === 401 || status === 403 || status === 429 || status >= 500;
}

async function lookUpOf({ accounts }: Target): Promise<Finding> {
  try {
    if ((await accounts.find({ identityId: null, userName: uuidv7() }, reading)).length === 0) return fine;
    const detail =
      'a search for a userName that nobody has returned accounts: searches of this application are not reliable';
    return { code: 'look-up-unreliable', detail };
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    const { code, status, detail } = error.terms;
    return { code, detail: `a search by userName was answered ${status ?? code}: ${detail}` };
  }
}

function notAList(status: number, suggested: string | null): Finding {
  if (status === 401 || status === 403)
    return { code: 'auth', detail: `the application answered ${status}: it refuses the credentials; correct auth` };
  if (mayBeRight(status)) {
    const code = status === 429 ? 'throttled' : 'unavailable';
    return { code, detail: `the application answered ${status}: try again later` };
  }
  const mend =
    suggested === null
      ? 'no similar address has one: find the base address of its SCIM service, without /Users'
      : `change baseUrl to ${suggested}`;
  const code = status === 200 ? 'not-a-list' : status < 400 ? 'redirected' : 'wrong-address';
  return { code, detail: `the answer (${status}) is not a SCIM list: ${mend}` };
}

function elsewhere(asked: number): Finding {
  const detail = `none of ${asked} accounts that the hub knows is at this address: correct baseUrl or auth, or confirm the place (POST …/confirm-place)`;
  return { code: 'place-unproven', detail };
}

function findingOf(error: unknown): Finding & Partial<Pick<ConnectorTest, 'status'>> {
  if (error instanceof CallFailure) {
    const { code, status, detail } = error.terms;
    return { code, status, detail: detail === '' ? `no answer came: ${code}` : detail };
  }
  if (error instanceof AddressRefused) return { code: 'address-refused', detail: error.message };
  return { code: 'secret-missing', detail: error instanceof Error ? error.message : '' };
}
