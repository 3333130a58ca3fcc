/** `hub.governance.catalog`, state-carried, kept for ever. Key and subject: the administrator's id. Nothing personal. */
export const applicationDefined = 'hub.governance.application.defined.v1';
export const accessPackageDefined = 'hub.governance.access-package.defined.v1';
export const birthrightRuleDefined = 'hub.governance.birthright-rule.defined.v1';

export interface ApplicationMessage {
  readonly application: string;
  readonly displayName: string;
  readonly connectorId: string;
  /** Identity ids. */
  readonly owners: readonly string[];
}

export type Grant =
  | { readonly application: string; readonly account: true }
  | { readonly application: string; readonly group: string }
  | { readonly application: string; readonly role: string };

export interface AccessPackageMessage {
  readonly package: string;
  readonly version: number;
  readonly displayName: string;
  readonly status: 'draft' | 'published';
  readonly grants: readonly Grant[];
}

export interface BirthrightRuleMessage {
  readonly rule: string;
  readonly displayName: string;
  readonly filter: string;
  readonly packages: readonly string[];
}
