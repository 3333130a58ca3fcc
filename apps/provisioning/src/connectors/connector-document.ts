import { withDefaults, withoutDefaults, type Stored } from '#libs/event-store/core.js';
import type { MappingEntry } from '../accounts/accounts.exports.js';
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
  /** How the application's own API is called, as it was stated: for everything, or for roles beside SCIM. Null for none. */
  readonly rest: Readonly<Record<string, unknown>> | null;
  /** Calls at a time, at most. */
  readonly limits: { readonly concurrency: number };
}

/** What a document says where nobody said otherwise (design §9). A fact keeps none of it: who reads fills it in. */
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
  // What is asked of a mapping before it is stored changes no account.
  mappingTests: false,
  sensitive: false,
  rest: true,
  // How it is called, shown and how fast; where accounts are is a question of its own (places).
  displayName: false,
  mode: false,
  protocol: false,
  baseUrl: false,
  auth: false,
  limits: false,
};

/**
 * What each field that a later version brought is worth where nobody states it, so that a document means what it meant
 * before. The fingerprint of a document leaves out a field with this value: otherwise a new version of the hub would apply
 * every document again. A value never changes, even if the default does.
 */
export const laterFields = {
  document: { rest: null, scope: null },
  mappingEntry: { onNull: 'clear' },
} as const;
