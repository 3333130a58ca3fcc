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

export interface MappingEntry {
  readonly target: string;
  readonly type: 'direct' | 'constant' | 'expression';
  readonly source: string | null;
  readonly value: unknown;
  readonly expression: string | null;
  readonly default: unknown;
  readonly apply: 'always' | 'create-only';
}

/** The connector document with every default filled in. */
export interface ConnectorDocument {
  readonly displayName: string;
  readonly mode: 'observe' | 'enforce';
  readonly protocol: 'scim2';
  readonly baseUrl: string;
  readonly auth: ConnectorAuth;
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly groups: { readonly create: boolean };
  readonly deprovision: { readonly onUnassign: 'disable' | 'delete' | 'keep'; readonly onLeave: 'disable' | 'delete' };
  readonly onDisable: 'strip' | 'keep';
  /** Calls at a time, at most. */
  readonly limits: { readonly concurrency: number };
}
