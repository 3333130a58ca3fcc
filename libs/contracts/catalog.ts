import type { EntitlementFields } from './entitlement.js';

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

export type Grant = EntitlementFields & { readonly application: string };

export interface AccessPackageMessage {
  readonly package: string;
  readonly version: number;
  readonly displayName: string;
  readonly status: 'draft' | 'published';
  readonly grants: readonly Grant[];
  /** The policy, so that the audit log can say under which policy access was given. */
  readonly description?: string | null;
  /** SCIM filter over identities; null: everybody. */
  readonly eligibility?: string | null;
  /** Null: nobody may ask. */
  readonly requestFor?: 'self' | 'team' | 'anyone' | null;
  readonly requireJustification?: boolean;
  readonly approval?: Approval | null;
}

/** `none`: nobody is asked. */
export type Approval = 'none' | { readonly stages: readonly ApprovalStage[] };

export interface ApprovalStage {
  /** `manager`, `application-owner` or `user:<identity id>`. */
  readonly approvers: readonly string[];
  /** How many different approvers must approve. */
  readonly quorum: number;
  /** ISO 8601 duration. */
  readonly timeout: string;
  readonly onTimeout: 'deny';
}

export interface BirthrightRuleMessage {
  readonly rule: string;
  readonly displayName: string;
  readonly filter: string;
  readonly packages: readonly string[];
}
