import { Injectable } from '@nestjs/common';
import { uuidv7 } from '#libs/event-store/ids.js';
import { AddressRefused } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { mappingOf } from '../accounts/accounts.exports.js';
import { isSameAccount, Places, writtenNames } from '../places/places.exports.js';
import { type Call, reading, type Target } from '../targets/targets.exports.js';
import { alternativeUrlsOf } from './alternative-urls.js';
import { type Check, type CheckName, checksOf, type Finding, skewSeconds, unanswered } from './connection-checks.js';
import { byPeople, type ConnectorDocument } from './connector-document.js';
import { ConnectorTargets } from './connector-targets.process.js';

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
  /** At the same host, and it does answer with a list; null when none was found, or none is needed. */
  readonly suggestedBaseUrl: string | null;
  readonly knownAccounts: { readonly asked: number; readonly found: number };
  /** What is wrong, and what to change. */
  readonly detail: string;
  /** Every promise of the test, and whether it holds. */
  readonly checks: readonly Check[];
}

/** What the application showed. */
type Seen = Pick<ConnectorTest, 'status' | 'isList' | 'suggestedBaseUrl' | 'knownAccounts'>;
type Notes = Partial<Record<CheckName, string | undefined>>;

const probeMs = 5_000;
const shortly: Call = { operation: null, leftMs: () => probeMs };
const fine: Finding = { code: 'ok', detail: '' };
const nothing: Seen = {
  status: null,
  isList: false,
  suggestedBaseUrl: null,
  knownAccounts: { asked: 0, found: 0 },
};

/** Reads the application's list, searches an account that nobody has, and reads some known accounts. It changes nothing. */
@Injectable()
export class ConnectorProbe {
  constructor(
    private readonly targets: ConnectorTargets,
    private readonly places: Places,
  ) {}

  async test(id: string, document: ConnectorDocument): Promise<ConnectorTest> {
    const notes: Notes = {};
    const { seen, finding } = await this.looked(id, document, notes);
    const address = byPeople.has(document.protocol)
      ? document.baseUrl
      : `${document.baseUrl.replace(/\/+$/, '')}/Users`;
    return { ok: finding.code === 'ok', ...finding, ...seen, address, checks: checksOf(finding, notes) };
  }

  private async looked(
    id: string,
    document: ConnectorDocument,
    notes: Notes,
  ): Promise<{ readonly seen: Seen; readonly finding: Finding }> {
    try {
      return await this.using(id, document, (target) => this.tested(id, document, target, notes));
    } catch (error) {
      const status = error instanceof CallFailure ? error.terms.status : null;
      return { seen: { ...nothing, status }, finding: findingOf(error) };
    }
  }

  private async tested(
    id: string,
    document: ConnectorDocument,
    target: Target,
    notes: Notes,
  ): Promise<{ readonly seen: Seen; readonly finding: Finding }> {
    const { status, isList, date } = await target.tryList(reading);
    const skew = skewSeconds(date, performance.timeOrigin + performance.now());
    notes.clock = skew === null ? undefined : clockWords(skew);
    const suggestedBaseUrl = isList || mayBeRight(status) ? null : await this.neighbour(id, document);
    const seen = { ...nothing, status, isList, suggestedBaseUrl };
    if (!isList) return { seen, finding: notAList(status, suggestedBaseUrl, skew) };
    const lookUp = await lookUpOf(target);
    if (lookUp.code !== 'ok') return { seen, finding: lookUp };
    notes.mapping = await mappingNote(document, target);
    const knownAccounts = await this.knownAccounts(id, target);
    const isElsewhere = knownAccounts.asked > 0 && knownAccounts.found === 0;
    return { seen: { ...seen, knownAccounts }, finding: isElsewhere ? elsewhere(knownAccounts.asked) : fine };
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
      if (user !== null && isSameAccount(user, identityId, writtenNames(state))) found += 1;
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

/** What the mapping writes and the application lacks; undefined for nothing. */
async function mappingNote(
  { mapping, mappingDefaults }: ConnectorDocument,
  target: Target,
): Promise<string | undefined> {
  const unknown = await target.unknownPaths(mappingOf(mapping, mappingDefaults).targets, shortly);
  if (unknown === null) return 'the application does not describe its attributes (/Schemas)';
  if (unknown.length === 0) return undefined;
  return `its schemas lack ${unknown.join(', ')}: correct these targets, or ask for the attributes there`;
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
    const isRefused = status !== null && status < 500 && status !== 401 && status !== 429;
    const words = `a search by userName was answered ${status ?? code}: ${detail}`;
    return { code: isRefused && code !== 'look-up-unreliable' ? 'look-up-refused' : code, detail: words };
  }
}

function notAList(status: number, suggested: string | null, skew: number | null): Finding {
  if (status === 401 && skew !== null)
    return { code: 'clock', detail: `the application answered 401, and ${clockWords(skew)}` };
  if (status === 401)
    return { code: 'auth', detail: 'the application answered 401: it refuses the credentials; correct auth' };
  if (status === 403) {
    const mend = 'give the token, or the role behind it, the right to read and write users and groups';
    return {
      code: 'scope',
      detail: `the application answered 403: it knows the credentials and refuses reading; ${mend}`,
    };
  }
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

function clockWords(seconds: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
  const side = seconds > 0 ? 'ahead of the hub’s' : 'behind the hub’s';
  return `its clock is ${minutes} min ${side}: tokens and certificates with times fail; correct the clock that is wrong`;
}

function elsewhere(asked: number): Finding {
  const detail = `none of ${asked} accounts that the hub knows is at this address: correct baseUrl or auth, or confirm the place (POST …/confirm-place)`;
  return { code: 'place-unproven', detail };
}

function findingOf(error: unknown): Finding {
  if (error instanceof CallFailure) {
    const { code, status, detail } = error.terms;
    if (code === 'address-refused') return { code, detail };
    return status === null ? unanswered(code, detail) : { code, detail };
  }
  if (error instanceof AddressRefused) return { code: 'address-refused', detail: error.message };
  return { code: 'secret-missing', detail: error instanceof Error ? error.message : '' };
}
