import { uuidv7 } from '#libs/event-store/ids.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { AccountTarget, Call, KnownAccount, Probe } from './target.js';

/** Reads known accounts by their ids, to tell whether this is the application that has them. @throws CallFailure about every account */
export async function probeOf(
  { place, accounts }: { readonly place: string; readonly accounts: Pick<AccountTarget, 'find' | 'read'> },
  known: readonly KnownAccount[],
  call: Call,
): Promise<Probe> {
  // A wrong path has no list: then a 404 says nothing about accounts.
  await accounts.find({ identityId: null, userName: uuidv7() }, call);
  const same: number[] = [];
  let foreign = 0;
  let unclear = false;
  for (const [position, one] of known.entries()) {
    const there = await whatIsThere(accounts, one, call);
    if (there === 'same') same.push(position);
    if (there === 'foreign') foreign += 1;
    unclear ||= there === 'unclear';
  }
  return { place, proven: same.length > foreign, same, unclear };
}

/** What the account's id belongs to here. */
async function whatIsThere(
  accounts: Pick<AccountTarget, 'read'>,
  known: KnownAccount,
  call: Call,
): Promise<'same' | 'foreign' | 'none' | 'unclear'> {
  try {
    return known.isSame(await accounts.read(known.id, call)) ? 'same' : 'foreign';
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    const { class: kind, status } = error.terms;
    if (kind === 'gone') return 'none';
    if (kind === 'throttled' || status === null || status === 401) throw error;
    return 'unclear';
  }
}
