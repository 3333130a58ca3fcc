import { uuidv7 } from '#libs/event-store/ids.js';
import type { AccountEvent, OpenOperation, Operate, OperationTerms } from '../../accounts/accounts.exports.js';

/** Whose account an operation is about, and what it serves. */
export type About = Pick<OperationTerms, 'connector' | 'application' | 'identityId' | 'accountId' | 'desired'>;

/** The fact that is stored before an operation's call. */
export function intentOf(
  about: About,
  { kind, group, because, written, reason }: Operate,
  when: { readonly startedAt: string; readonly place: string },
): AccountEvent {
  const terms = { operation: uuidv7(), ...about, because, kind, group, ...when };
  if (written === null) return { type: 'OperationStarted', v: 1, data: terms };
  return {
    type: 'WriteStarted',
    v: 1,
    data: { ...terms, ...(reason === undefined ? {} : { reason }) },
    personal: { account: { subject: about.identityId, fields: { written } } },
  };
}

/** Nothing differs from desired access, and nothing had to be done for that. */
export function inSyncOf(about: About, because: readonly string[]): AccountEvent {
  return { type: 'AccountInSync', v: 1, data: { operation: uuidv7(), ...about, because } };
}

/** An operation that no call belongs to: what was found out by looking closes it at once. @param group of a membership; null for the account */
export function foundOutBy(
  about: About,
  group: string | null,
  because: readonly string[],
  when: { readonly startedAt: string; readonly place: string },
): OpenOperation {
  const kind = group === null ? 'delete-account' : 'remove-member';
  return { operation: uuidv7(), ...about, because, kind, group, ...when, written: null, lost: null };
}
