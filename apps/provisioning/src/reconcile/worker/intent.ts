import { uuidv7 } from '#libs/event-store/ids.js';
import type { AccountEvent, OperationTerms } from '../../accounts/account.events.js';
import type { Operate } from '../../accounts/plan.js';

/** The fact that is stored before an operation's call. */
export function intentOf(
  about: Pick<OperationTerms, 'connector' | 'application' | 'identityId' | 'accountId' | 'desired'>,
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
