import { CallFailure } from '#libs/outgoing/failure.js';
import {
  type CallResult,
  isAboutName,
  type Match,
  type MatchingValue,
  type OpenOperation,
  type Priority,
  type Sought,
} from '../../accounts/accounts.exports.js';
import { accountSeen, type Call, type Target } from '../../targets/targets.exports.js';
import { type LookUps, userNameOf } from '../look-ups/look-ups.js';
import type { Lanes } from './lanes.process.js';

export interface AccountCreationOptions {
  readonly target: Target;
  readonly lanes: Lanes;
  readonly lookUps: LookUps;
  readonly nowMs: () => number;
}

/** Creates accounts, and takes over those that are there already. */
export class AccountCreation {
  constructor(private readonly options: AccountCreationOptions) {}

  async create(
    open: OpenOperation,
    priority: Priority,
    matches: readonly MatchingValue[],
    call: Call,
  ): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const { lanes, target } = this.options;
    const forget = target.accounts.expect(sought);
    try {
      return await lanes.run(priority, () => this.findOrCreate(open, sought, { call, forget, matches }));
    } finally {
      forget();
    }
  }

  /** Searches before it creates: an account with our externalId is ours, whichever process created it. */
  private async findOrCreate(
    open: OpenOperation,
    sought: Sought,
    {
      call,
      forget,
      matches,
    }: { readonly call: Call; readonly forget: () => void; readonly matches: readonly MatchingValue[] },
  ): Promise<CallResult> {
    const { target, lookUps } = this.options;
    const before = await this.existing(sought, matches, call);
    if (before.is === 'disputed') return before;
    if (before.is !== 'absent') return lookUps.adopted(before.user);
    try {
      const { status, shown } = await target.accounts.create(sought, open.written ?? {}, call);
      lookUps.made({ ...sought, accountId: shown.id }, this.options.nowMs());
      const seen = accountSeen(shown, open.identityId, sought.userName);
      return { is: 'created', accountId: shown.id, status, seen };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.terms.class === 'gone') return failed(notTaken(error), true);
      if (error.terms.class !== 'conflict') return failed(error, true);
      forget();
      const after = await lookUps.find(sought, call);
      if (after.is === 'disputed') return after;
      return after.is === 'absent' ? failed(error, true) : lookUps.adopted(after.user);
    }
  }

  /** By the identity's id, then by the connector's rules, then by the userName. */
  private async existing(sought: Sought, matches: readonly MatchingValue[], call: Call): Promise<Match> {
    const { lookUps } = this.options;
    const usual = await lookUps.find(sought, call);
    const isOpen = usual.is === 'absent' || (usual.is === 'disputed' && isAboutName(usual.code));
    if (!isOpen || matches.length === 0) return usual;
    const matched = await lookUps.matched(sought.identityId, matches, call);
    return matched.is === 'absent' ? usual : matched;
  }
}

/** A creation has no id that could be missing: the application refuses it. */
function notTaken({ terms }: CallFailure): CallFailure {
  return new CallFailure({ ...terms, class: 'validation', code: 'not-found' });
}

function failed({ terms }: CallFailure, absentBefore: boolean): CallResult {
  return { is: 'failed', failure: terms, absentBefore };
}
