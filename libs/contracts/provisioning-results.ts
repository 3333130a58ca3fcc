import type { driftClasses } from './drift.js';
import { entitlementOf, readEntitlement, type Entitlement } from './entitlement.js';

/** `hub.provisioning.results`. Key and subject: the identity. One stream for each account: `account-<identity>.<connector>`. */

export type OperationKind =
  | 'lookup'
  | 'create-account'
  | 'update-account'
  | 'disable-account'
  | 'enable-account'
  | 'delete-account'
  | 'create-group'
  | 'add-member'
  | 'remove-member'
  | 'grant-role'
  | 'revoke-role';

export type OperationEventType =
  /** Intent, stored before the call. */
  | 'hub.provisioning.operation.started.v1'
  /** The application refused or did not answer; says whether the hub tries again. */
  | 'hub.provisioning.operation.failed.v1';

export type AccountEventType =
  | 'hub.provisioning.account.created.v1'
  | 'hub.provisioning.account.adopted.v1'
  | 'hub.provisioning.account.updated.v1'
  | 'hub.provisioning.account.disabled.v1'
  | 'hub.provisioning.account.enabled.v1'
  | 'hub.provisioning.account.deleted.v1'
  | 'hub.provisioning.membership.added.v1'
  | 'hub.provisioning.membership.removed.v1'
  | 'hub.provisioning.role.granted.v1'
  | 'hub.provisioning.role.revoked.v1'
  /** The account matched the desired state of `desiredSequence` without a call. */
  | 'hub.provisioning.account.in-sync.v1'
  /** The connector's scope leaves the person out: nothing of `desiredSequence` is given, and what was given is taken away. */
  | 'hub.provisioning.account.out-of-scope.v1'
  /** The account is disabled, and will be deleted at `dueAt`. */
  | 'hub.provisioning.account.deletion-scheduled.v1'
  /** It will not be deleted any more, for another reason than that it was enabled. */
  | 'hub.provisioning.account.deletion-cancelled.v1'
  /** A later reading confirmed what was written. */
  | 'hub.provisioning.account.confirmed.v1'
  | 'hub.provisioning.membership.confirmed.v1'
  /** An answer contradicts what the hub believes; `code` says how. */
  | 'hub.provisioning.drift.detected.v1';

/**
 * Why a change does not serve what is desired for the person: `name-handed-over`: somebody else gets the userName;
 * `out-of-scope`: the connector's scope leaves the person out; `deletion-due`: it has been disabled for as long as the connector says.
 */
export type ChangeReason = 'name-handed-over' | 'out-of-scope' | 'deletion-due';

/** Whether a failed call can have taken effect. */
export type Effect = 'none' | 'unknown';

/** What the application showed of a change after it: a reading, or the answer's own body. Only `yes` confirms. */
export type Seen = 'yes' | 'contradicted' | 'not-visible';

/** Body of all results. */
export interface ResultMessage {
  readonly operation: string;
  readonly kind: OperationKind | 'in-sync' | 'out-of-scope' | 'deletion-scheduled' | 'deletion-cancelled';
  readonly connector: string;
  readonly application: string;
  readonly identity: string;
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  /** What it gives or takes away, where that is not the account. */
  readonly group?: string;
  readonly role?: string;
  /** Sequence (and its epoch) of the desired-access message this serves. */
  readonly desiredEpoch: number;
  readonly desiredSequence: number;
  /** Assignment ids that justify it. */
  readonly because: readonly string[];
  /** Of an account created, adopted, updated or enabled, a member added, or a role granted. */
  readonly seen?: Seen;
  /** A removal or disabling was read back from the application, or a person confirmed it. */
  readonly verified?: boolean;
  /** Removed, and this application cannot show it. */
  readonly verifiable?: false;
  /** UUID of the person who confirmed a removal that the application cannot show. */
  readonly confirmedBy?: string;
  /** With this outcome, every difference to the desired state of `desiredSequence` is gone. */
  readonly inSync?: true;
  /** Instant at which a disabled account is to be deleted. */
  readonly dueAt?: string;
  /** HTTP status of the answer; null when none came. */
  readonly status?: number | null;
  /** Stable code of a failure, for example `throttled`, `timeout`, `validation`, `auth`. */
  readonly code?: string;
  /** Of a difference: path of the attribute. */
  readonly target?: string;
  /** Of a difference that a reading showed: how it came to be. */
  readonly drift?: (typeof driftClasses)[number];
  readonly willRetry?: boolean;
  /** Of a failed call; absent in messages older than the field. */
  readonly effect?: Effect;
  /** Of an intent and its outcome. */
  readonly reason?: ChangeReason;
  /** Personal: attribute names and values written. */
  readonly written?: Readonly<Record<string, unknown>>;
  /** Personal: the application's words. */
  readonly detail?: string;
}

/** What an operation or its outcome is about: the account, unless it names something that the application grants besides. */
export function entitlementOfResult({
  application,
  group,
  role,
}: Pick<ResultMessage, 'application' | 'group' | 'role'>): Entitlement {
  return entitlementOf(application, readEntitlement({ group, role }) ?? { account: true });
}

/**
 * What an application made for a person's account: attributes of the identity from now on. Each message has all that the
 * connector gives; what it does not name, it gives no more.
 */
export const attributesPulled = 'hub.provisioning.account.attributes-pulled.v1';

export interface AttributesPulledMessage {
  readonly connector: string;
  readonly application: string;
  readonly identity: string;
  /** By attribute of the identity; the lowest goes first, and HR's value has {@link hrPrecedence}. */
  readonly precedence: Readonly<Record<string, number>>;
  /** Personal: the values, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What HR states goes before what connectors give, unless their precedence is lower than this. */
export const hrPrecedence = 50;

/** A person decided that what the application or the matching rule refused stays as it is, until something else is desired. */
export const attentionDismissed = 'hub.provisioning.attention.dismissed.v1';

export interface AttentionDismissedMessage {
  readonly connector: string;
  readonly application: string;
  readonly identity: string;
  /** Why the account was parked. */
  readonly code: string;
  /** UUID of the actor who dismissed it: an identity, or the subject of a token without an identity. */
  readonly dismissedBy: string;
  /** Personal to the actor who dismissed it. */
  readonly reason?: string;
}
