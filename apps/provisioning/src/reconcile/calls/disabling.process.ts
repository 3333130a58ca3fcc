import type { FailureTerms } from '#libs/outgoing/failure.js';
import { isGone, CallFailure } from '#libs/outgoing/failure.js';
import { isActive, type PatchOperation, type ScimUser } from '#libs/scim/client/resources.js';
import type { Changed, ScimClient } from '#libs/scim/client/scim-client.js';
import { type CallResult, unkeptId } from '../../accounts/accounts.exports.js';
import type { LookUps } from '../look-ups/look-ups.js';
import { notSent, type Limits } from './operation-time.js';

export function activation(value: boolean): PatchOperation[] {
  return [{ op: 'replace', path: 'active', value }];
}

export const unverifiable = { verified: false, verifiable: false } as const;

export function isMissing(status: number): CallFailure {
  return new CallFailure({ ...notSent().terms, class: 'gone', code: 'gone', status });
}

/** No search that finds nothing, and no 404, says that such an account is gone. */
function unkeptMissing(status: number | null): CallFailure {
  const detail = 'the account has an id that cannot be stored, and the application does not find it: disable it there';
  return new CallFailure({ ...notSent().terms, code: unkeptId, status, detail });
}

export function stillThere(status: number, detail: string): CallFailure {
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

/** Disables an account whose id is sent as the application just showed it, and kept by nobody. */
export async function disableUnkept(
  client: Pick<ScimClient, 'patchUser'>,
  find: () => ReturnType<LookUps['unkept']>,
  limits: Limits,
): Promise<CallResult> {
  const found = await find();
  if (found === null) throw unkeptMissing(null);
  const { status } = await client.patchUser(found.id, activation(false), limits()).catch((error: unknown) => {
    throw isGone(error) ? unkeptMissing(error.terms.status) : error;
  });
  const active = isActive((await find()) ?? {});
  if (active === true) throw stillThere(status, 'the account still shows as active');
  return { is: 'done', status, ...(active === false ? { verified: true } : unverifiable) };
}

/** A change that was answered with 2xx and what nobody can read, such as a page: what a reading shows afterwards counts. */
export async function changedOrRead(
  change: () => Promise<Changed<ScimUser>>,
  read: () => Promise<ScimUser>,
  isSo: (user: ScimUser) => boolean,
): Promise<Changed<ScimUser>> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof CallFailure) || error.terms.code !== 'unreadable-answer') throw error;
    const shown = await read().catch(() => null);
    if (shown === null || !isSo(shown)) throw error;
    return { status: error.terms.status ?? 200, shown };
  }
}
