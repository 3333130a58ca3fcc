import type { Causation } from '#libs/event-store/core.js';
import { isAccount, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type {
  AccountEvent,
  DeletionNote,
  OpenOperation,
  Operate,
  OperationTerms,
} from '../../accounts/accounts.exports.js';
import type { DueAccount } from './due-accounts.query.js';

/** Whose account an operation is about, and what it serves. */
export type About = Pick<OperationTerms, 'connector' | 'application' | 'identityId' | 'accountId' | 'desired'>;

/** The fact that is stored before an operation's call. */
export function intentOf(
  about: About,
  { kind, entitlement, because, written, reason, unique }: Operate,
  when: { readonly startedAt: string; readonly place: string },
): AccountEvent {
  const why = reason === undefined ? {} : { reason };
  const terms = { operation: uuidv7(), ...about, because, kind, entitlement, ...when, ...why };
  if (written === null) return { type: 'OperationStarted', v: 2, data: terms };
  return {
    type: 'WriteStarted',
    v: 2,
    data: unique === undefined ? terms : { ...terms, unique: unique.map(({ target }) => target) },
    personal: { account: { subject: about.identityId, fields: { written } } },
  };
}

/** Nothing differs from desired access, and nothing had to be done for that. */
export function inSyncOf(about: About, because: readonly string[]): AccountEvent {
  return { type: 'AccountInSync', v: 1, data: { operation: uuidv7(), ...about, because } };
}

/** The connector's scope leaves the person out, and nothing of an account of theirs is left to take away. */
export function outOfScopeOf(about: About, because: readonly string[]): AccountEvent {
  return { type: 'AccountOutOfScope', v: 1, data: { operation: uuidv7(), ...about, because } };
}

/** What there is to say about the deletion of a disabled account. */
export function deletionOf(about: About, because: readonly string[], note: NonNullable<DeletionNote>): AccountEvent {
  const terms = { operation: uuidv7(), ...about, because };
  if (note === 'cancelled') return { type: 'DeletionCancelled', v: 1, data: terms };
  return { type: 'DeletionScheduled', v: 1, data: { ...terms, ...note } };
}

/** An operation that no call belongs to: what was found out by looking closes it at once. */
export function foundOutBy(
  about: About,
  entitlement: EntitlementFields,
  because: readonly string[],
  when: { readonly startedAt: string; readonly place: string },
): OpenOperation {
  const kind = isAccount(entitlement) ? 'delete-account' : 'remove-member';
  return { operation: uuidv7(), ...about, because, kind, entitlement, ...when, written: null, lost: null };
}

/** Who caused what is done for an account: the desired access that it is worked on for. */
export function causationOf({
  correlationId,
  messageId,
  priority,
}: Pick<DueAccount, 'correlationId' | 'messageId' | 'priority'>): Causation {
  return { actor: 'service/provisioning', correlationId, causationId: messageId, bulk: priority === 2 };
}
