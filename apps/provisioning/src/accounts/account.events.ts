import type { ChangeReason, Effect, OperationKind as PublicKind, Seen } from '#libs/contracts/provisioning-results.js';
import type { driftClasses, driftCodes } from '#libs/contracts/drift.js';
import { readEntitlement, type EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Fact, PersonalPart, RecordedFact } from '#libs/event-store/core.js';
import type { Attributes } from '../targets/targets.exports.js';

/** Everything that can have happened to one identity's account in one application. Stream: `account-<identityId>.<connector>`. */
export type AccountEvent =
  | WriteStarted
  | OperationStarted
  | OperationFailed
  | AccountCreated
  | AccountAdopted
  | AccountUpdated
  | AccountDisabled
  | AccountEnabled
  | AccountDeleted
  | MembershipAdded
  | MembershipRemoved
  | RoleGranted
  | RoleRevoked
  | AccountInSync
  | AccountOutOfScope
  | DeletionScheduled
  | DeletionCancelled
  | DriftDetected
  | DriftDecided
  | AttributesPulled
  | AttentionDismissed;

export type OperationKind = Exclude<PublicKind, 'lookup' | 'create-group'>;

/** A version of desired access: compared epoch first. */
export interface DesiredVersion {
  readonly epoch: number;
  readonly sequence: number;
}

/** One change attempted on an account. */
export interface OperationTerms {
  readonly operation: string;
  readonly kind: OperationKind;
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
  /** The application's own id of the account; null while unknown. */
  readonly accountId: string | null;
  /** What it gives, changes or takes away. */
  readonly entitlement: EntitlementFields;
  /** The desired access this serves. */
  readonly desired: DesiredVersion;
  /** Assignment ids. */
  readonly because: readonly string[];
  /** Why, where it does not serve what is desired for this person. */
  readonly reason?: ChangeReason;
}

export type { ChangeReason };

export type { Attributes };

/** The fields of every successful outcome. */
interface OutcomeTerms extends OperationTerms {
  /** HTTP status of the answer; null if a look-up found the outcome. */
  readonly status: number | null;
  /** True if no difference to the desired access remains: no {@link AccountInSync} follows. */
  readonly inSync?: true;
  /** Fingerprint of the address and credentials under which it was found out. Absent in facts older than the field. */
  readonly place?: string;
  /** For a change that gives access: what the application showed afterwards. Absent in facts older than the field. */
  readonly seen?: Seen;
}

/** The fields of every outcome of a removal. */
interface RemovalTerms {
  /** Read back from the application. */
  readonly verified: boolean;
  /** The application cannot show it. */
  readonly verifiable?: false;
  /** UUID of the person who confirmed what the application cannot show: nothing was done then. */
  readonly confirmedBy?: string;
}

type Done<Type extends string, More extends object = object> = Fact<Type, 2, OutcomeTerms & More>;

/** The intent to create or update, stored before the call is sent. */
export type WriteStarted = Fact<
  'WriteStarted',
  2,
  OperationTerms & {
    readonly startedAt: string;
    readonly place?: string;
    /** Targets whose values were chosen because nobody else has them. Absent where none was. */
    readonly unique?: readonly string[];
  },
  { account: { readonly written: Attributes } }
>;
/** Intent of any other operation. */
export type OperationStarted = Fact<
  'OperationStarted',
  2,
  OperationTerms & { readonly startedAt: string; readonly place?: string }
>;
export type OperationFailed = Fact<
  'OperationFailed',
  2,
  OperationTerms & {
    readonly status: number | null;
    readonly code: string;
    readonly willRetry: boolean;
    /** The call may have had an effect: the operation stays open until a look-up. */
    readonly effectUnknown: boolean;
    /** The look-up before a creation found nothing, so an account found later is not older than our intent. */
    readonly absentBefore: boolean;
    /**
     * The outcome is unknown and not wanted any more: the membership counts as granted, the account as enabled, until
     * it is removed.
     */
    readonly maybeGranted: boolean;
    /** Whether the call may have had an effect, as far as is known. Absent in facts older than the field. */
    readonly effect?: Effect;
    /** The application accepted it and tells with this what became of it. Absent where it did not. */
    readonly ticket?: string;
    readonly failedAt: string;
  },
  { account: { readonly detail: string } }
>;
export type AccountCreated = Done<'AccountCreated'>;
export type AccountAdopted = Fact<
  'AccountAdopted',
  2,
  OutcomeTerms & { readonly active: boolean },
  { account: { readonly observed: Attributes } }
>;
export type AccountUpdated = Done<'AccountUpdated'>;
export type AccountDisabled = Done<'AccountDisabled', RemovalTerms>;
export type AccountEnabled = Done<'AccountEnabled'>;
export type AccountDeleted = Done<'AccountDeleted', RemovalTerms>;
/** `grantedId`: the application's id of what was granted; absent in facts older than the field. */
export type MembershipAdded = Done<'MembershipAdded', { readonly grantedId?: string }>;
export type MembershipRemoved = Done<'MembershipRemoved', RemovalTerms>;
export type RoleGranted = Done<'RoleGranted', { readonly grantedId?: string }>;
export type RoleRevoked = Done<'RoleRevoked', RemovalTerms>;
/** There is no difference to the desired access of this version, and no operation was needed to make it so. */
export type AccountInSync = Fact<'AccountInSync', 1, Omit<OperationTerms, 'kind' | 'entitlement'>>;
/** The connector's scope leaves the person out: nothing of what is desired in this version is given. */
export type AccountOutOfScope = Fact<'AccountOutOfScope', 1, Omit<OperationTerms, 'kind' | 'entitlement'>>;
/** The account is disabled, since then, and will be deleted at `dueAt`, unless it is enabled before. */
export type DeletionScheduled = Fact<
  'DeletionScheduled',
  1,
  Omit<OperationTerms, 'kind' | 'entitlement'> & { readonly since: string; readonly dueAt: string }
>;
/** The connector does not delete it any more. */
export type DeletionCancelled = Fact<'DeletionCancelled', 1, Omit<OperationTerms, 'kind' | 'entitlement'>>;
/**
 * An answer or a reading contradicts what the hub believes. `inactive`: somebody disabled the account there; `reactivated`:
 * somebody enabled it; `account-missing`: it is not there any more; `attribute-changed`: it has another value;
 * `membership-missing`, `membership-added`: somebody took a group or role, or gave one.
 */
export type DriftDetected = Fact<
  'DriftDetected',
  2,
  OperationTerms & {
    readonly code: DriftCode;
    readonly detectedAt: string;
    /** The path of the attribute; absent for another. */
    readonly target?: string;
    /** How it came to be; absent where an answer showed it, and in facts older than the field. */
    readonly class?: DriftClass;
  },
  { account: { readonly detail: string } }
>;
export type DriftCode = (typeof driftCodes)[number];
export type DriftClass = (typeof driftClasses)[number];
/**
 * What becomes of a difference. `revert`: the hub writes again what is desired; `adopt`: what the application has stays, until
 * something else is desired.
 */
export type DriftDecided = Fact<
  'DriftDecided',
  1,
  {
    readonly connector: string;
    readonly application: string;
    readonly identityId: string;
    readonly drift: string;
    readonly code: DriftCode;
    readonly decision: 'revert' | 'adopt';
    readonly target: string | null;
    readonly entitlement: EntitlementFields;
    /** The application's own id of a group or role; null for another. */
    readonly grantedId: string | null;
    /** UUID of the actor; null where the connector's policy decided. */
    readonly decidedBy: string | null;
    readonly decidedAt: string;
  },
  { account: { readonly desired: unknown; readonly observed: unknown } }
> & {
  /** The reason that a person gave; absent where the policy decided. */
  readonly personal: { readonly reason?: PersonalPart<{ readonly reason: string }> };
};
/** What the application made, as attributes of the identity: all that the connector gives from now on. */
export type AttributesPulled = Fact<
  'AttributesPulled',
  1,
  {
    readonly connector: string;
    readonly application: string;
    readonly identityId: string;
    /** By attribute of the identity: where it was read, and its rank among other sources. */
    readonly rules: Readonly<Record<string, { readonly target: string; readonly precedence: number }>>;
  },
  { account: { readonly attributes: Readonly<Record<string, string>> } }
>;
/** A person decided to leave it as it is. */
export type AttentionDismissed = Fact<
  'AttentionDismissed',
  1,
  {
    readonly connector: string;
    readonly application: string;
    readonly identityId: string;
    readonly code: string;
    readonly dismissedAt: string;
  }
> & {
  /** The reason that the person gave; absent if there is none. */
  readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> };
};

export const accountFacts = [
  'WriteStarted',
  'OperationStarted',
  'OperationFailed',
  'AccountCreated',
  'AccountAdopted',
  'AccountUpdated',
  'AccountDisabled',
  'AccountEnabled',
  'AccountDeleted',
  'MembershipAdded',
  'MembershipRemoved',
  'RoleGranted',
  'RoleRevoked',
  'AccountInSync',
  'AccountOutOfScope',
  'DeletionScheduled',
  'DeletionCancelled',
  'DriftDetected',
  'DriftDecided',
  'AttributesPulled',
  'AttentionDismissed',
] as const;

/** Facts of version 1 named a group, or null for the account itself. */
function withEntitlement(stored: RecordedFact): RecordedFact {
  if (stored.v !== 1) return stored;
  const { group, groupId, ...data } = stored.data as { readonly group?: unknown; readonly groupId?: unknown };
  const entitlement = readEntitlement({ group }) ?? { account: true };
  const granted = typeof groupId === 'string' ? { grantedId: groupId } : {};
  return { ...stored, v: 2, data: { ...data, entitlement, ...granted } };
}

/** Facts that began with an entitlement. */
const neverOlder: readonly string[] = [
  'AccountInSync',
  'AccountOutOfScope',
  'DeletionScheduled',
  'DeletionCancelled',
  'DriftDecided',
  'AttributesPulled',
  'AttentionDismissed',
];

/** Brings stored facts to the shape of today. */
export const accountUpcasts = Object.fromEntries(
  accountFacts.filter((type) => !neverOlder.includes(type)).map((type) => [type, withEntitlement]),
);
