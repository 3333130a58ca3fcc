import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import { type CallResult, changeOf, type OpenOperation } from '../../accounts/accounts.exports.js';
import {
  type Asked,
  type Call,
  changesSeen,
  enablingSeen,
  reading,
  type ShownAccount,
  type ShownHolders,
  type Target,
} from '../../targets/targets.exports.js';
import type { LookUps } from '../look-ups/look-ups.js';
import { callOf, notSent } from './operation-time.js';
import { stillThere, unverifiable } from './disabling.process.js';

export interface PromisedOptions {
  readonly lookUps: Pick<LookUps, 'holders'>;
  readonly nowMs: () => number;
  readonly mayCall: () => boolean;
}

/** How long to wait after a question that had no answer, in milliseconds. */
const againMs = 30_000;

/**
 * What became of a change that the application accepted: it is asked, and what it says was done is read.
 * @returns null where a search has to show what was done
 * @throws CallFailure with the ticket while it is not known, without it when the application refused
 */
export async function promisedResult(
  target: Target,
  { open, ticket }: { readonly open: OpenOperation; readonly ticket: string },
  options: PromisedOptions,
): Promise<CallResult | null> {
  if (!options.mayCall()) throw notSent();
  const call = callOf({ ...open, startedAt: new Date(options.nowMs()).toISOString() }, options.nowMs, options.mayCall);
  const asked = await askedOf(target, ticket, call);
  if (asked.is === 'pending')
    throw new CallFailure({
      ...notSent().terms,
      code: 'accepted',
      ...stillPromised(ticket),
      pastInMs: asked.againInMs,
    });
  if (asked.is === 'refused')
    throw new CallFailure({ ...notSent().terms, class: 'validation', code: 'refused-later', detail: asked.detail });
  return await whatWasDone(target, open, options);
}

/** A question without an answer changes nothing: it is asked again. Where nobody can be asked, a reading tells. */
async function askedOf(target: Target, ticket: string, call: Call): Promise<Asked> {
  if (target.ask === null) return { is: 'done' };
  try {
    return await target.ask(ticket, call);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    throw new CallFailure({ ...error.terms, ...stillPromised(ticket) }, { cause: error });
  }
}

const stillPromised = (ticket: string) => ({ effectUnknown: true, ticket, pastInMs: againMs });

async function whatWasDone(target: Target, open: OpenOperation, options: PromisedOptions): Promise<CallResult | null> {
  const change = changeOf(open);
  if (change?.op === 'remove') {
    const { shown } = await options.lookUps.holders(open.accountId ?? '', change);
    return removed(shown, open.accountId ?? '');
  }
  if (change !== null || open.kind === 'create-account') return null;
  return ofAccount(open, await readOrGone(target, open.accountId ?? ''));
}

/** Nothing is held of what the application does not have. */
function removed(shown: ShownHolders | null, account: string): CallResult {
  if (shown?.ids.has(account) === true)
    throw stillThere(null, 'the application said that it removed it, and still shows it');
  const couldShow = shown === null || (shown.showsAny && shown.whole);
  return { is: 'done', status: null, ...(couldShow ? { verified: true } : unverifiable) };
}

function ofAccount(open: OpenOperation, shown: ShownAccount | null): CallResult {
  const done = { is: 'done', status: null, verified: false } as const;
  if (open.kind === 'delete-account') {
    if (shown !== null) throw stillThere(null, 'the account is still there');
    return { ...done, verified: true };
  }
  if (shown === null) return { is: 'gone', status: null };
  if (open.kind === 'update-account') return { ...done, seen: changesSeen(shown, open.written ?? {}) };
  if (open.kind === 'enable-account') return { ...done, seen: enablingSeen(shown) };
  if (shown.active === true) throw stillThere(null, 'the account still shows as active');
  return { is: 'done', status: null, ...(shown.active === false ? { verified: true } : unverifiable) };
}

async function readOrGone(target: Target, id: string): Promise<ShownAccount | null> {
  try {
    return await target.accounts.read(id, reading);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
