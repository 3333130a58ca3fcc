import type { Seen } from '#libs/contracts/provisioning-results.js';
import { afterChange, isGone, CallFailure } from '#libs/outgoing/failure.js';
import type { Priority } from '../../accounts/accounts.exports.js';
import {
  type Call,
  type EntitlementTarget,
  holderSeen,
  reading,
  type ShownHolders,
} from '../../targets/targets.exports.js';
import type { Lanes } from './lanes.process.js';

/** What the application calls the entitlements of one kind, by their names. */
export interface EntitlementDirectory {
  /** @throws CallFailure when there is none yet */
  idOf(name: string): Promise<string>;
  /** Null for none. It is not made. */
  existing(name: string): Promise<string | null>;
  /** The application knows the one of this id. */
  isThere(id: string): void;
  /** The application does not know that id: is there none of that name any more? */
  isGone(name: string, id: string): Promise<boolean>;
}

export interface MembershipChange {
  readonly op: 'add' | 'remove';
  readonly group: string;
  /** Where the member was added; null when that is not known, and for an addition. */
  readonly grantedId: string | null;
  readonly account: string;
  readonly priority: Priority;
  /** Of the operation it belongs to. */
  readonly call: Call;
}

interface Change extends MembershipChange {
  readonly resolve: (result: MembershipResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface MembershipResult {
  readonly status: number | null;
  /** A removal was read back. */
  readonly verified: boolean;
  /** Removed, but the application cannot show it. */
  readonly verifiable?: false;
  /** For an addition: the application's id of the group. */
  readonly grantedId?: string;
  /** For an addition: what the answer showed. */
  readonly seen?: Seen;
}

/** The answer to one call for several members. */
interface Answered {
  readonly status: number | null;
  /** Members after a removal, as far as they are shown. */
  readonly still: ReadonlySet<string> | null;
  /** Of an addition. */
  readonly groupId?: string;
  /** The reading after a removal could have shown the member. */
  readonly couldShow: boolean;
  /** Members after an addition, as its answer shows them; null where it does not. */
  readonly shown?: ShownHolders | null;
}

/** `refusal`: it may mean that nothing was left to remove. */
interface RemovalAnswer {
  readonly status: number | null;
  readonly refusal: CallFailure | null;
}

/**
 * Changes of groups or roles as deltas of named members. Where the application needs it, one call at a time for each
 * group: applications lose members when two changes of one group meet. Changes that wait for the same group share the
 * next call.
 */
export class Memberships {
  private readonly waiting = new Map<string, Change[]>();
  private readonly busy = new Set<string>();
  /** Accounts in one call: fewer after the application refused so many as too large. */
  private most: number;
  /** The application has shown a member of some group: only then a group without the member is reliable. */
  private showsMembers = false;

  constructor(
    private readonly target: EntitlementTarget,
    private readonly groups: EntitlementDirectory,
    private readonly lanes: Lanes,
  ) {
    this.most = target.mostAtOnce;
  }

  /** @throws CallFailure as the application answered */
  change(change: MembershipChange): Promise<MembershipResult> {
    const { group } = change;
    return new Promise((resolve, reject) => {
      if (!this.target.oneWriter) {
        void this.apply(group, [{ ...change, resolve, reject }]);
        return;
      }
      const queue = this.waiting.get(group) ?? [];
      queue.push({ ...change, resolve, reject });
      this.waiting.set(group, queue);
      if (this.busy.has(group)) return;
      this.busy.add(group);
      setImmediate(() => void this.serve(group));
    });
  }

  private async serve(group: string): Promise<void> {
    for (;;) {
      const queue = this.waiting.get(group) ?? [];
      const first = firstUrgent(queue);
      if (first === undefined) break;
      const batch = queue.filter((one) => one.op === first.op && one.grantedId === first.grantedId).slice(0, this.most);
      this.waiting.set(
        group,
        queue.filter((change) => !batch.includes(change)),
      );
      await this.apply(group, batch);
    }
    this.waiting.delete(group);
    this.busy.delete(group);
  }

  /** One call for all members. If the application refuses its size, one for each half; if its content, one for each member. */
  private async apply(group: string, batch: readonly Change[]): Promise<void> {
    if (batch.length > this.most) {
      await this.applyEach(group, partsOf(batch, this.most));
      return;
    }
    try {
      const priority = firstUrgent(batch)?.priority ?? 2;
      const answer = await this.lanes.run(priority, () => this.call(group, batch));
      for (const change of batch) tell(change, answer);
    } catch (error) {
      if (isRefusal(error) && batch.length > 1) await this.applyEach(group, this.smaller(batch, error));
      else for (const { reject } of batch) reject(error);
    }
  }

  /** What is tried after a refusal of more than one change. */
  private smaller(batch: readonly Change[], { terms }: CallFailure): Change[][] {
    if (terms.code !== 'too-large') return partsOf(batch, 1);
    this.most = Math.ceil(batch.length / 2);
    return partsOf(batch, this.most);
  }

  private async applyEach(group: string, parts: readonly (readonly Change[])[]): Promise<void> {
    for (const part of parts) await this.apply(group, part);
  }

  private async call(group: string, batch: readonly Change[]): Promise<Answered> {
    const accounts = batch.map(({ account }) => account);
    const shared = sharedCall(batch);
    shared.leftMs();
    const [first] = batch;
    if (first?.op === 'remove') return await this.remove(group, first.grantedId, accounts, shared);
    const groupId = await this.groups.idOf(group);
    try {
      const { status, shown } = await this.target.grant(groupId, accounts, shared);
      this.groups.isThere(groupId);
      return { status, shown, groupId, still: null, couldShow: false };
    } catch (error) {
      if (!isGone(error)) throw error;
      throw await this.whatIsGone(group, groupId, accounts, error);
    }
  }

  /** The reading afterwards decides, not the answer: "no such member" counts as done if the reading confirms it. */
  private async remove(
    group: string,
    grantedId: string | null,
    accounts: readonly string[],
    call: Call,
  ): Promise<Answered> {
    const groupId = grantedId ?? (await this.groups.existing(group));
    if (groupId === null) return noGroup;
    // Nothing shown afterwards proves a removal only if members are shown at all.
    if (!this.showsMembers) await this.read(groupId, accounts, call).catch(passOverGone);
    const answer = await this.tryToRemove(groupId, accounts, call);
    try {
      return await this.removed(answer, groupId, accounts, call);
    } catch (error) {
      if (!isGone(error)) throw error;
      const isGroupGone = await this.groups.isGone(group, groupId);
      // Another group of that name is not the one to which the member was added.
      if (!isGroupGone && grantedId === null) throw groupGone(error);
      return noGroup;
    }
  }

  /** Reads the members after a removal. @throws CallFailure the refusal, if the reading does not show that nothing is left to remove */
  private async removed(
    { status, refusal }: RemovalAnswer,
    groupId: string,
    accounts: readonly string[],
    call: Call,
  ): Promise<Answered> {
    const still = await this.read(groupId, accounts, call).catch((error: unknown) => {
      throw refusal === null ? afterChange(error) : error;
    });
    const isStill = accounts.some((account) => still?.ids.has(account) === true);
    // "No such member" is the answer after another removal, also if members are never shown.
    if (refusal !== null && (isStill || !(this.showsMembers || status === 404))) throw refusal;
    return { status, still: still?.ids ?? null, couldShow: this.showsMembers && still?.whole === true };
  }

  /** @throws CallFailure except for a refusal or an unreadable answer, which may mean that it is already done */
  private async tryToRemove(groupId: string, accounts: readonly string[], call: Call): Promise<RemovalAnswer> {
    try {
      return { status: await this.target.revoke(groupId, accounts, call), refusal: null };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const { class: kind, code } = error.terms;
      if (kind !== 'validation' && kind !== 'gone' && code !== 'unreadable-answer') throw error;
      return { status: error.terms.status, refusal: error };
    }
  }

  /** Members as far as the application shows them; null where it does not. */
  private async read(groupId: string, accounts: readonly string[], call: Call): Promise<ShownHolders | null> {
    try {
      const members = await this.target.holders(groupId, accounts, call);
      this.showsMembers ||= members.showsAny;
      return members;
    } catch (error) {
      if (error instanceof CallFailure && error.terms.class === 'validation') return null;
      throw error;
    }
  }

  /** 404 for an addition may mean the group or an account. With several accounts it is unknown which. */
  private async whatIsGone(
    group: string,
    groupId: string,
    accounts: readonly string[],
    error: CallFailure,
  ): Promise<CallFailure> {
    if ((await this.target.read(groupId, reading)) !== null)
      return accounts.length === 1 ? error : new CallFailure({ ...error.terms, class: 'validation' }, { cause: error });
    await this.groups.isGone(group, groupId);
    return groupGone(error);
  }
}

const partsOf = (batch: readonly Change[], most: number): Change[][] =>
  Array.from({ length: Math.ceil(batch.length / most) }, (_, part) => batch.slice(part * most, (part + 1) * most));

const unverifiable = { verified: false, verifiable: false } as const;
/** Nobody is a member of a group that is not there. */
const noGroup: Answered = { status: null, still: null, couldShow: true };

/** What the call came to for one of its members. */
function tell({ account, op, resolve, reject }: Change, answer: Answered): void {
  if (answer.still?.has(account) === true) reject(notSo(op));
  else if (op === 'remove')
    resolve({ status: answer.status, ...(answer.couldShow ? { verified: true } : unverifiable) });
  else resolve({ ...added(answer), verified: false, seen: holderSeen(answer.shown ?? null, account) });
}

/** The application refuses the content of the call. */
function isRefusal(error: unknown): error is CallFailure {
  return error instanceof CallFailure && (error.terms.class === 'validation' || error.terms.class === 'conflict');
}

const added = ({ status, groupId }: Answered): { status: number | null; grantedId?: string } =>
  groupId === undefined ? { status } : { status, grantedId: groupId };

/** The next step checks whether the group is gone. */
function passOverGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

/** It has another id now: try again with that id. */
function groupGone(error: CallFailure): CallFailure {
  return new CallFailure({ ...error.terms, class: 'transient', code: 'group-gone' }, { cause: error });
}

function notSo(op: 'add' | 'remove'): CallFailure {
  const detail = op === 'remove' ? 'the application answered that it removed the member, and still shows it' : '';
  return new CallFailure({
    class: 'silent-failure',
    code: 'silent-failure',
    status: 200,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  });
}

/** The call for several operations has the time that the first of them to end has left. */
function sharedCall(batch: readonly Change[]): Call {
  const leftMs = (): number => Math.min(...batch.map(({ call }) => call.leftMs() ?? Infinity));
  return { operation: batch[0]?.call.operation ?? null, leftMs };
}

function firstUrgent(changes: readonly Change[]): Change | undefined {
  return changes.reduce<Change | undefined>(
    (first, change) => (first !== undefined && first.priority <= change.priority ? first : change),
    undefined,
  );
}
