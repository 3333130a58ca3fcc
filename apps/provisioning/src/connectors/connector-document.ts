import { withDefaults, withoutDefaults, type Stored } from '#libs/event-store/core.js';
import type { MappingEntry } from '../accounts/accounts.exports.js';
import type { Protection } from '../targets/targets.exports.js';
import type { MappingTest } from './mapping-tests.js';

/** A secret as it is stored: never the plain value. */
export type StoredSecret = { readonly sealed: string } | { readonly reference: string };

export type ConnectorAuth =
  | { readonly type: 'bearer'; readonly token: StoredSecret }
  | { readonly type: 'basic'; readonly username: string; readonly password: StoredSecret }
  | { readonly type: 'api-key'; readonly header: string; readonly key: StoredSecret }
  | {
      readonly type: 'oauth2-client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: StoredSecret;
      readonly scope: string | null;
    };

/** The connector document with every default filled in. */
export interface ConnectorDocument {
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: 'scim2' | 'rest';
  readonly baseUrl: string;
  readonly auth: ConnectorAuth;
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly mappingTests: readonly MappingTest[];
  /** Sensitive sources that the mapping may read. */
  readonly sensitive: readonly string[];
  /** SCIM filter: only people who match it get accounts; null for everybody. */
  readonly scope: string | null;
  readonly groups: { readonly create: boolean };
  readonly deprovision: { readonly onUnassign: 'disable' | 'delete' | 'keep'; readonly onLeave: 'disable' | 'delete' };
  readonly onDisable: 'strip' | 'keep';
  /** The stated description of the application's own API: for everything, or for roles beside SCIM. Null for none. */
  readonly rest: Readonly<Record<string, unknown>> | null;
  /** Accounts and groups that the hub never changes; null for none. */
  readonly protected: Protection | null;
  /** Calls at a time, at most. */
  readonly limits: { readonly concurrency: number };
}

/** The defaults of a document. A fact does not contain them: they are filled in on reading. */
const defaults = {
  mode: 'observe',
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  sensitive: [],
  scope: null,
  groups: { create: true },
  deprovision: { onUnassign: 'disable', onLeave: 'disable' },
  onDisable: 'strip',
  rest: null,
  protected: null,
  limits: { concurrency: 32 },
} as const satisfies Partial<ConnectorDocument>;

const entryDefaults = {
  source: null,
  value: null,
  expression: null,
  default: null,
  onNull: 'clear',
  apply: 'always',
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
  scope: true,
  groups: true,
  deprovision: true,
  onDisable: true,
  // Tests of a mapping change no account.
  mappingTests: false,
  sensitive: false,
  rest: true,
  protected: true,
  // How the application is called, how fast, and how the connector is shown. Where accounts are is decided by places.
  displayName: false,
  mode: false,
  protocol: false,
  baseUrl: false,
  auth: false,
  limits: false,
};

/**
 * The value of each later field that leaves a document without the field unchanged in its meaning. The fingerprint of a
 * document leaves out a field with this value: otherwise a new version of the hub would apply
 * every document again. A value never changes, even if the default does.
 */
export const laterFields = {
  document: { rest: null, scope: null, protected: null },
  mappingEntry: { onNull: 'clear' },
} as const;
