import { type Account, type CallResult, changeOf, type OpenOperation } from '../../accounts/accounts.exports.js';
import { absenceMs } from '../../places/places.exports.js';

const unknownMember = new Set([400, 404, 422]);

/**
 * An application may refuse a grant to a new account because its groups or roles do not know it yet. Within the first minute
 * this counts as a transient failure.
 */
export function asTransient(open: OpenOperation, result: CallResult, { madeAt }: Account, now: string): CallResult {
  if (result.is !== 'failed' || changeOf(open)?.op !== 'add' || madeAt === null) return result;
  const { class: kind, status } = result.failure;
  const isNew = Date.parse(now) - Date.parse(madeAt) < absenceMs;
  if (!isNew || kind !== 'validation' || !unknownMember.has(status ?? 0)) return result;
  return { ...result, failure: { ...result.failure, class: 'transient', code: 'member-unknown' } };
}
