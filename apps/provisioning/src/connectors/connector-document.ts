import { withDefaults, withoutDefaults, type Stored } from '#libs/event-store/core.js';
import type { MappingEntry, MatchingRule, PullRule } from '../accounts/accounts.exports.js';
import type { ProfileChoice, Protection } from '../targets/targets.exports.js';
import type { ReadingWindow } from '../coverages/coverages.exports.js';
import type { MappingTest } from './mapping-tests.js';
import type { ReconcileTerms } from './reconcile-terms.js';
import type { NonPersonRule } from './non-persons.js';

/** A secret as it is stored: never the plain value. */
export type StoredSecret = { readonly sealed: string } | { readonly reference: string };

/** Of every way to authenticate. */
interface Dated {
  /** When the credentials stop being accepted, as an administrator stated it. */
  readonly expiresAt?: string;
  /** The secret before this one: while one is exchanged, either may count. */
  readonly former?: StoredSecret;
}

export type ConnectorAuth = Dated & ConnectorProof;

type ConnectorProof =
  | { readonly type: 'bearer'; readonly token: StoredSecret }
  | { readonly type: 'basic'; readonly username: string; readonly password: StoredSecret }
  | { readonly type: 'api-key'; readonly header: string; readonly key: StoredSecret }
  | { readonly type: 'mtls'; readonly cert: StoredSecret; readonly key: StoredSecret }
  /** Each body is signed. */
  | { readonly type: 'standard-webhooks'; readonly secret: StoredSecret }
  /** Nobody is called. */
  | { readonly type: 'none' }
  | {
      readonly type: 'oauth2-client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: StoredSecret;
      readonly scope: string | null;
    };

/** `webhook`: people make each change, and a program or a notice tells them. `file`: they also say in a file which accounts there are. */
export const protocols = ['scim2', 'scim1', 'rest', 'webhook', 'file'] as const;
export type Protocol = (typeof protocols)[number];
/** Applications without an API: what is done there, people do. */
export const byPeople: ReadonlySet<Protocol> = new Set(['webhook', 'file']);

/** The connector document with every default filled in. */
export interface ConnectorDocument {
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: Protocol;
  /** Empty: nobody is called. */
  readonly baseUrl: string;
  readonly auth: ConnectorAuth;
  /** How calls leave, where that is not the usual way. */
  readonly egress: EgressChoice;
  /** How the application speaks its protocol. */
  readonly profile: ProfileChoice;
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly mappingTests: readonly MappingTest[];
  /** What `DefaultDomain` gives in an expression; null for none. */
  readonly defaultDomain: string | null;
  /** Sensitive sources that the mapping may read. */
  readonly sensitive: readonly string[];
  /** By what an account that is there already is found, in order; null: by externalId, then by userName where the hub began to make it. */
  readonly matching: readonly MatchingRule[] | null;
  /** Accounts that are no person's. */
  readonly nonPersons: readonly NonPersonRule[];
  /** What the application makes becomes attributes of the identity. */
  readonly pull: readonly PullRule[];
  /** SCIM filter: only people who match it get accounts; null for everybody. */
  readonly scope: string | null;
  /** How packages name groups and roles, and whether the hub makes groups. */
  readonly groups: { readonly mode: 'by-name' | 'by-id'; readonly create: boolean };
  readonly deprovision: {
    readonly onUnassign: 'disable' | 'delete' | 'keep';
    readonly onLeave: 'disable' | 'delete';
    /** ISO 8601 duration: the account is disabled first, and deleted when it has been so for that long; null: at once, or never. */
    readonly deleteAfter: string | null;
  };
  readonly onDisable: 'strip' | 'keep';
  /** The stated description of the application's own API: for everything, or for roles beside SCIM. Null for none. */
  readonly rest: Readonly<Record<string, unknown>> | null;
  /** Accounts and groups that the hub never changes; null for none. */
  readonly protected: Protection | null;
  readonly limits: Limits;
  readonly retry: Retry;
  readonly quarantine: QuarantineTerms;
  /** More accounts disabled or deleted within an hour than this are held for a person. */
  readonly accidentalDeletionThreshold: AccidentalDeletionThreshold;
  readonly reconcile: ReconcileTerms;
  /** Hours in which readings by schedule begin; null for any. */
  readonly window: ReadingWindow | null;
  /** Of changes that people make. */
  readonly tasks: TaskTimes;
  /** How a list of accounts that somebody uploads is read; null: none is taken. */
  readonly file: AccountFile | null;
}

/** When the connector gives nobody anything, because its application refuses many accounts. */
export interface QuarantineTerms {
  readonly failures: number;
  readonly percent: number;
  readonly firstProbeMinutes: number;
  readonly mostProbeMinutes: number;
}

/** Names of columns. Null: the list does not say. */
export interface AccountFile {
  /** The id of the account. */
  readonly account: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  /** An account is active where the column has one of these values. */
  readonly active: { readonly column: string; readonly values: readonly string[] } | null;
  readonly groups: string | null;
  readonly roles: string | null;
  /** Between the groups, or roles, in one cell. */
  readonly separator: string;
  /** Columns by attribute path. */
  readonly attributes: Readonly<Record<string, string>>;
  /** ISO 8601 duration: a list that is older is too old. */
  readonly freshFor: string;
}

/** ISO 8601 durations: until when a task is to be done, and how often people are reminded of it. */
export interface TaskTimes {
  readonly within: string;
  readonly remindEvery: string;
}

/** A proxy, and an authority that is trusted besides the public ones; null for none. */
export interface EgressChoice {
  readonly proxy: string | null;
  /** A certificate as PEM, or a reference to one. */
  readonly ca: string | null;
}

export interface Limits {
  /** Calls at a time, at most. */
  readonly concurrency: number;
  /** Calls per second, at most; null for as many as the profile and the application permit. */
  readonly requestsPerSecond: number | null;
  /** auto: Bulk requests where the application takes them and limits the number of requests. */
  readonly bulk: 'auto' | 'off';
}

/** Never more than `people` accounts; otherwise `percent` of the active ones, and at least `least`. */
export interface AccidentalDeletionThreshold {
  readonly people: number;
  readonly percent: number;
  readonly least: number;
}

/** When what failed is tried again. */
export interface Retry {
  /** Wait before the second attempt; it doubles with each further one. */
  readonly firstSeconds: number;
  readonly mostSeconds: number;
  /** Attempts after which a person must look, if the application serves others in the meantime. */
  readonly attempts: number;
}

/** The defaults of a document. A fact does not contain them: they are filled in on reading. */
const defaults = {
  mode: 'observe',
  egress: { proxy: null, ca: null },
  profile: 'generic',
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  defaultDomain: null,
  sensitive: [],
  matching: null,
  pull: [],
  nonPersons: [],
  scope: null,
  groups: { mode: 'by-name', create: true },
  deprovision: { onUnassign: 'disable', onLeave: 'disable', deleteAfter: null },
  onDisable: 'strip',
  rest: null,
  protected: null,
  limits: { concurrency: 32, requestsPerSecond: null, bulk: 'auto' },
  retry: { firstSeconds: 1, mostSeconds: 60, attempts: 8 },
  quarantine: { failures: 100, percent: 40, firstProbeMinutes: 15, mostProbeMinutes: 1_440 },
  accidentalDeletionThreshold: { people: 500, percent: 5, least: 10 },
  reconcile: { every: null, remediate: 'report', attributes: [] },
  window: null,
  tasks: { within: 'P3D', remindEvery: 'P1D' },
  file: null,
} as const satisfies Partial<ConnectorDocument>;

const entryDefaults = {
  source: null,
  value: null,
  expression: null,
  default: null,
  onNull: 'clear',
  apply: 'always',
  strength: 'always',
} as const;

/** A connector document as facts and rows keep it, with every default filled in. */
export function filledConnector(stored: Stored<ConnectorDocument>): ConnectorDocument {
  const filled = withDefaults(stored, defaults) as ConnectorDocument;
  return { ...filled, mapping: filled.mapping.map((entry) => withDefaults(entry, entryDefaults) as MappingEntry) };
}

/** What a fact keeps of a document. */
export function storedConnector(document: ConnectorDocument): Stored<ConnectorDocument> {
  const mapping = document.mapping.map((entry) => withoutDefaults(entry, entryDefaults));
  return withoutDefaults({ ...document, mapping }, defaults);
}

/**
 * Which options decide how accounts should be: when one of them changes, every account is looked at again. Each option is
 * named, so that a new one cannot be forgotten.
 */
export const reapplied: { readonly [Option in keyof ConnectorDocument]: boolean } = {
  mapping: true,
  mappingDefaults: true,
  defaultDomain: true,
  matching: true,
  pull: true,
  // It changes no account: it says whose the observed accounts are.
  nonPersons: false,
  scope: true,
  groups: true,
  deprovision: true,
  onDisable: true,
  // Tests of a mapping change no account.
  mappingTests: false,
  sensitive: false,
  rest: true,
  protected: true,
  // What another profile dropped or refused is written again.
  profile: true,
  // How the application is called, how fast, and how the connector is shown. Where accounts are is decided by places.
  displayName: false,
  mode: false,
  protocol: false,
  baseUrl: false,
  auth: false,
  egress: false,
  limits: false,
  retry: false,
  quarantine: false,
  accidentalDeletionThreshold: false,
  // What is done about a difference is decided when it is found.
  reconcile: false,
  window: false,
  tasks: false,
  // How lists are read changes no account.
  file: false,
};

/**
 * The value of each later field that leaves a document without the field unchanged in its meaning. The fingerprint of a
 * document leaves out a field with this value: otherwise a new version of the hub would apply
 * every document again. A value never changes, even if the default does.
 */
export const laterFields = {
  document: {
    rest: null,
    deprovision: { deleteAfter: null },
    groups: { mode: 'by-name' },
    matching: null,
    scope: null,
    protected: null,
    profile: 'generic',
    defaultDomain: null,
    pull: [],
  },
  mappingEntry: { onNull: 'clear', strength: 'always' },
} as const;
