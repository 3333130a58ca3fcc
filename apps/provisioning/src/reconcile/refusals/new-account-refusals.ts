import type { Account, OpenOperation } from '../../accounts/account.js';
import type { CallResult } from '../../accounts/call-result.js';
import { absenceMs } from '../../places/place.js';

const unknownMember = new Set([400, 404, 422]);

/**
 * An application whose groups do not know a new account yet refuses it as a member: within the first minute that is no refusal
 * for good.
 */
export function asTransient(open: OpenOperation, result: CallResult, { madeAt }: Account, now: string): CallResult {
  if (result.is !== 'failed' || open.kind !== 'add-member' || madeAt === null) return result;
  const { class: kind, status } = result.failure;
  const isNew = Date.parse(now) - Date.parse(madeAt) < absenceMs;
  if (!isNew || kind !== 'validation' || !unknownMember.has(status ?? 0)) return result;
  return { ...result, failure: { ...result.failure, class: 'transient', code: 'member-unknown' } };
}
