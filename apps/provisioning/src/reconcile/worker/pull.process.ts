import {
  type Account,
  type AccountEvent,
  isSamePull,
  type OpenOperation,
  type Priority,
  pulling,
  type Pulled,
  type PullRule,
  withShown,
} from '../../accounts/accounts.exports.js';
import { notMade } from '../refusals/parking-reasons.js';
import type { AccountRecord, Ending } from './account-record.process.js';
import type { About } from './intent.js';
import type { TaskContext } from './task-context.js';

/** Readings of an account whose application does not show what it is to make: the last is about 20 minutes after the first. */
const mostReadings = 24;

/** What is to be stored, and what is not there yet. */
export interface PullResult {
  readonly fact: AccountEvent | null;
  readonly missing: readonly PullRule[];
}

/** The account is read again, as long as that may help; then a person must look. */
export function endOfPull(missing: readonly PullRule[], record: Pick<AccountRecord, 'attempts' | 'again'>): Ending {
  if (missing.length === 0) return { done: true };
  const { attempts } = record;
  return attempts < mostReadings ? record.again() : { attempts, parked: notMade(missing) };
}

/** Reads once what the application made for an account that is as desired. */
export async function pulled(
  { accountId, pulled: known = {} }: Pick<Account, 'accountId' | 'pulled'>,
  { pull, calls }: Pick<TaskContext, 'pull' | 'calls'>,
  asking: { readonly about: About; readonly open: () => OpenOperation; readonly priority: Priority },
): Promise<PullResult> {
  const { pulled: kept, missing } = pulling(pull, known, accountId);
  const now = missing.length === 0 ? kept : await read({ kept, missing }, calls, asking);
  const absent = pull.filter(({ attribute }) => !Object.hasOwn(now, attribute));
  return { fact: isSamePull(now, known) ? null : pulledFact(asking.about, now), missing: absent };
}

async function read(
  { kept, missing }: { readonly kept: Pulled; readonly missing: readonly PullRule[] },
  calls: TaskContext['calls'],
  { open, priority }: { readonly open: () => OpenOperation; readonly priority: Priority },
): Promise<Pulled> {
  const paths = missing.map(({ target }) => target);
  const shown = await calls.values(open(), paths, priority);
  return shown.is === 'failed' ? kept : withShown(kept, missing, shown.values ?? {});
}

function pulledFact({ connector, application, identityId }: About, now: Pulled): AccountEvent {
  const rules = Object.fromEntries(
    Object.entries(now).map(([name, { target, precedence }]) => [name, { target, precedence }]),
  );
  const attributes = Object.fromEntries(Object.entries(now).map(([name, { value }]) => [name, value]));
  return {
    type: 'AttributesPulled',
    v: 1,
    data: { connector, application, identityId, rules },
    personal: { account: { subject: identityId, fields: { attributes } } },
  };
}
