import { CallFailure, isGone, type FailureTerms } from '#libs/outgoing/failure.js';
import { type CallResult, unkeptId } from '../../accounts/accounts.exports.js';
import type { Call, Target } from '../../targets/targets.exports.js';
import type { LookUps } from '../look-ups/look-ups.js';
import { notSent } from './operation-time.js';

export const unverifiable = { verified: false, verifiable: false } as const;

export function isMissing(status: number): CallFailure {
  return new CallFailure({ ...notSent().terms, class: 'gone', code: 'gone', status });
}

/** Neither an empty search nor a 404 proves that such an account is gone. */
function unkeptMissing(status: number | null): CallFailure {
  const detail = 'the account has an id that cannot be stored, and the application does not find it: disable it there';
  return new CallFailure({ ...notSent().terms, code: unkeptId, status, detail });
}

export function stillThere(status: number | null, detail: string): CallFailure {
  const terms: FailureTerms = {
    class: 'silent-failure',
    code: 'silent-failure',
    status,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  };
  return new CallFailure(terms);
}

/** Where a change is shown later, a reading that does not show it says nothing yet. */
export function notShown(shownWithinMs: number, failure: CallFailure): CallFailure {
  if (shownWithinMs === 0) return failure;
  return new CallFailure({ ...failure.terms, class: 'transient', code: 'not-shown-yet', effectUnknown: true });
}

/** Disables an account whose id cannot be stored: it is sent as the application just showed it. */
export async function disableUnkept(
  accounts: Pick<Target['accounts'], 'setActive'>,
  find: () => ReturnType<LookUps['unkept']>,
  call: Call,
): Promise<CallResult> {
  const found = await find();
  if (found === null) throw unkeptMissing(null);
  const { status } = await accounts.setActive(found.id, false, call).catch((error: unknown) => {
    throw isGone(error) ? unkeptMissing(error.terms.status) : error;
  });
  const active = (await find())?.active ?? null;
  if (active === true) throw stillThere(status, 'the account still shows as active');
  return { is: 'done', status, ...(active === false ? { verified: true } : unverifiable) };
}
