import type { OpenOperation } from './account-state.js';
import type { Attributes } from './account.events.js';
import { sameName } from '../targets/targets.exports.js';
import { isAboutName } from './match.js';
import type { Operate } from './operate.js';
import type { CallResult } from './call-result.js';

const writesName = new Set<OpenOperation['kind']>(['create-account', 'update-account']);

/** Of the userName that an operation could not write, because somebody else seems to have it; null for anything else. */
export function refusedName({ kind, written }: OpenOperation, result: CallResult): string | null {
  const name = written?.['userName'];
  if (typeof name !== 'string' || !writesName.has(kind)) return null;
  // Whether the hub keeps that account, for somebody else, is asked next: an application may not keep externalIds.
  if (result.is === 'disputed') return isAboutName(result.code) ? name : null;
  if (result.is !== 'failed') return null;
  const { class: kindOf, detail } = result.failure;
  return kindOf === 'conflict' || (kindOf === 'validation' && /uniqueness/i.test(detail)) ? name : null;
}

/** The same outcome, as one that passes once the other account has given the name up. */
export function nameTaken(result: CallResult): CallResult {
  const status = result.is === 'failed' ? result.failure.status : null;
  return {
    is: 'failed',
    absentBefore: true,
    failure: {
      class: 'transient',
      code: nameTakenCode,
      status,
      effectUnknown: false,
      retryAfterMs: null,
      detail: 'another account of this application has that userName and must get another name first',
    },
  };
}

export const nameTakenCode = 'name-taken';

/** An unused userName of the same form, for an account that gives its name to another account. */
export function temporaryName(name: string, identityId: string): string {
  const [local = '', ...domain] = name.split('@');
  return [`${local}.${identityId.slice(0, 8)}`, ...domain].join('@');
}

/** A userName that an account gives up to somebody else, and the one that it takes. */
export interface Handover {
  readonly name: string;
  readonly aside: string;
}

/** The replacements of all attributes by which the account is found; null when it does not have that name. */
export function namesAside(written: Attributes, { name, aside }: Handover): Attributes | null {
  const { userName, emails } = written;
  if (typeof userName !== 'string' || !sameName(userName, name)) return null;
  const isAddress = (one: unknown): one is { readonly value: string } =>
    typeof one === 'object' && one !== null && 'value' in one && sameName(String(one.value), name);
  if (!Array.isArray(emails) || !emails.some(isAddress)) return { userName: aside };
  return { userName: aside, emails: emails.map((one: unknown) => (isAddress(one) ? { ...one, value: aside } : one)) };
}

/** The update that gives an account of ours `userName`, for the same reasons as its goal. */
export function rename(userName: string, because: readonly string[]): Operate {
  return { do: 'operate', kind: 'update-account', entitlement: { account: true }, because, written: { userName } };
}
