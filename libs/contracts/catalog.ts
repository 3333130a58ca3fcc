import type { EntitlementFields } from './entitlement.js';

/** `hub.governance.catalog`, state-carried, never deleted. Key and subject: the administrator's id. Nothing personal. */
export const applicationDefined = 'hub.governance.application.defined.v1';
export const accessPackageDefined = 'hub.governance.access-package.defined.v1';
export const birthrightRuleDefined = 'hub.governance.birthright-rule.defined.v1';
export const moverRuleDefined = 'hub.governance.mover-rule.defined.v1';
export const nameRuleDefined = 'hub.governance.name-rule.defined.v1';
export const workflowDefined = 'hub.governance.workflow.defined.v1';
export const separationRuleDefined = 'hub.governance.separation-rule.defined.v1';

export interface ApplicationMessage {
  readonly application: string;
  readonly displayName: string;
  /** Absent: the hub does not deliver its access. */
  readonly connectorId?: string;
  /** Identity ids. */
  readonly owners: readonly string[];
  /** Packages whose holders are owners, too. */
  readonly ownerPackages?: readonly string[];
  /** Who gives and takes its access. Absent: the hub, by its connector. */
  readonly provisionedBy?: ProvisionedBy;
  readonly region?: string | null;
  readonly dataClass?: DataClass | null;
  readonly priority?: Priority;
  readonly entitlements?: readonly DescribedEntitlement[];
}

export type ProvisionedBy = 'hub' | 'identity-provider' | 'manual' | 'unknown';
export type DataClass = 'public' | 'internal' | 'confidential' | 'restricted';
export type Priority = 'low' | 'normal' | 'high' | 'critical';

/** What is known of one entitlement of an application. */
export type DescribedEntitlement = EntitlementFields & EntitlementWords;

export interface EntitlementWords {
  readonly description: string | null;
  readonly risk: 'low' | 'medium' | 'high';
  /** Identity id, or `package:<id>` for its holders; null: the owners of the application. */
  readonly owner: string | null;
  /** It is given for a time only, and by no birthright rule without an exception. */
  readonly privileged: boolean;
}

export type Grant = EntitlementFields & { readonly application: string };

export interface AccessPackageMessage {
  readonly package: string;
  readonly version: number;
  readonly displayName: string;
  readonly status: 'draft' | 'published' | 'deprecated' | 'retired';
  /** Identity ids, or `package:<id>` for its holders. */
  readonly owners?: readonly string[];
  /** Packages whose grants are part of it. */
  readonly includes?: readonly string[];
  /** ISO 8601 durations for which it may be activated, or taken in an emergency; null: it may not. */
  readonly justInTime?: string | null;
  readonly breakGlass?: string | null;
  readonly grants: readonly Grant[];
  /** The policy, so that the audit log can say under which policy access was given. */
  readonly description?: string | null;
  /** SCIM filter over identities; null: everybody. */
  readonly eligibility?: string | null;
  /** What happens when its holder is not eligible any more, and after how many days. */
  readonly eligibilityLost?: 'end' | 'approve-again' | 'keep';
  readonly graceDays?: number;
  /** Null: nobody may ask. */
  readonly requestFor?: 'self' | 'team' | 'anyone' | null;
  readonly requireJustification?: boolean;
  readonly approval?: Approval | null;
  /** ISO 8601 duration that requested access lasts at most; null: without an end. */
  readonly maxDuration?: string | null;
  readonly extendable?: boolean;
  readonly suspendOnLeave?: boolean;
  /** Packages that nobody is to have together with this one. */
  readonly incompatibleWith?: readonly string[];
  /** How its holders are reviewed; null: it says nothing about that. */
  readonly review?: ReviewPolicy | null;
  /** The package to which the holders of a retired one move; null: they end. */
  readonly successor?: string | null;
}

export interface ReviewPolicy {
  /** ISO 8601 duration after which a review begins again; null: when somebody begins one. */
  readonly every: string | null;
  /** `manager`, `managers-manager`, `owner`, `application-owner`, `user:<identity id>` or `package:<id>` (its holders). */
  readonly reviewers: readonly string[];
  /** What becomes of access about which nobody answers. */
  readonly onNoResponse: 'keep' | 'revoke';
}

/** `none`: nobody is asked. */
export type Approval =
  | 'none'
  | {
      /** One after the other. */
      readonly stages: readonly ApprovalStage[];
      /** Each stage is decided by other people than the stages before it. Absent in older messages: true. */
      readonly distinctApprovers?: boolean;
    };

export interface ApprovalStage {
  /** `manager`, `managers-manager`, `application-owner`, `user:<identity id>` or `package:<id>` (its holders). */
  readonly approvers: readonly string[];
  /** How many different approvers must approve; `all`: everybody who can decide when the stage opens. */
  readonly quorum: number | 'all';
  /** ISO 8601 duration. */
  readonly timeout: string;
  /** `escalate`: once, to `escalateTo` or else to the approvers' managers; the second time nobody decides, it expires. */
  readonly onTimeout: 'deny' | 'escalate';
  /** Who decides where the approvers cannot, or do not in time; named as approvers are. Absent in older messages. */
  readonly escalateTo?: readonly string[];
}

export interface BirthrightRuleMessage {
  /** Why the rule may give what is privileged; null or absent: it may not. */
  readonly privilegedException?: string | null;
  /** From when on it gives nothing privileged any more; null or absent: no end was given. */
  readonly privilegedExceptionUntil?: string | null;
  readonly rule: string;
  readonly displayName: string;
  readonly filter: string;
  readonly packages: readonly string[];
  /** Days for which who no longer matches keeps what the rule gave. */
  readonly graceDays?: number;
}

/** How user names are made for people of whom HR states no address. */
export interface NameRuleMessage {
  readonly rule: string;
  readonly displayName: string;
  /** SCIM filter over what HR states; null: everybody. */
  readonly filter: string | null;
  /** Expression of what HR states. */
  readonly pattern: string;
}

/** What becomes of access that no rule gives, when its holder moves. */
export interface MoverRuleMessage {
  readonly rule: string;
  readonly displayName: string;
  /** SCIM filter over people as they are after the move; null: everybody. */
  readonly filter: string | null;
  readonly requestedAccess: 'keep' | 'review' | 'end';
  readonly days: number;
  readonly renames: readonly {
    readonly attribute: 'department' | 'jobTitle' | 'location';
    readonly from: string;
    readonly to: string;
  }[];
}

/** What happens to people who join, move or leave, besides what rules do. */
export interface WorkflowDocumentMessage {
  readonly workflow: string;
  readonly displayName: string;
  readonly trigger: 'joiner' | 'mover' | 'leaver';
  /** SCIM filter over people as they are when it begins; null: everybody. */
  readonly filter: string | null;
  readonly enabled: boolean;
  readonly steps: readonly WorkflowStepTerms[];
}

/** One step of a workflow; what its action does not need is null. */
export interface WorkflowStepTerms {
  /** Days after the first day, the move or the end of access; negative: before the end. */
  readonly offsetDays: number;
  readonly action: 'grant' | 'revoke' | 'disable' | 'transfer-ownership' | 'delete' | 'notify';
  readonly package: string | null;
  readonly to: 'person' | 'manager' | null;
  readonly message: string | null;
}

/** What nobody is to have together. */
export interface SeparationRuleMessage {
  readonly rule: string;
  readonly displayName: string;
  readonly left: readonly SeparatedItem[];
  /** Empty: to have something of `left` needs one of the controls. */
  readonly right: readonly SeparatedItem[];
  readonly mode: 'prevent' | 'detect';
  /** Who has one of these may have both sides. */
  readonly compensatingControls: readonly SeparatedItem[];
  /** Identity ids, or `package:<id>` for its holders. */
  readonly owners: readonly string[];
  /** ISO 8601 duration in which a finding has to be solved or excepted. */
  readonly dueIn: string;
}

/** A package, by its id, or an entitlement. */
export type SeparatedItem = string | Grant;
