import type { Seen } from '#libs/contracts/provisioning-results.js';
import { afterChange, isGone, ScimFailure } from '#libs/scim/client/failure.js';
import type { ScimGroup } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { memberSeen } from '../accounts/seen.js';
import type { GroupDirectory } from '../groups/group-directory.js';
import type { Priority } from '../accounts/desired-rows.js';
import type { Lanes } from './lanes.js';
import type { Limits } from './operation-time.js';

/** Most members changed by one call: what every known application takes. */
const mostMembers = 100;

export interface MembershipChange {
  readonly op: 'add' | 'remove';
  readonly group: string;
  readonly account: string;
  readonly priority: Priority;
  /** Of the operation it belongs to. */
  readonly limits: Limits;
}

interface Change extends MembershipChange {
  readonly resolve: (result: MembershipResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface MembershipResult {
  readonly status: number | null;
  /** A removal was read back. */
  readonly verified: boolean;
  /** Of an addition: what its answer showed. */
  readonly seen?: Seen;
}

/** What one call for several was answered with. */
interface Answered {
  readonly status: number | null;
  /** Members after a removal; null where the application does not show them. */
  readonly still: ReadonlySet<string> | null;
  /** The group after an addition, as its answer shows it; null where it does not. */
  readonly shown?: ScimGroup | null;
}

/**
 * Group changes as deltas of named members, one call at a time for each group: applications lose members when two changes
 * of one group meet. Whoever waits for the same group meanwhile goes together with the next call.
 */
export class Memberships {
  private readonly waiting = new Map<string, Change[]>();
  private readonly busy = new Set<string>();

  constructor(
    private readonly client: ScimClient,
    private readonly groups: GroupDirectory,
    private readonly lanes: Lanes,
  ) {}

  /** @throws ScimFailure as the application answered */
  change(change: MembershipChange): Promise<MembershipResult> {
    const { group } = change;
    return new Promise((resolve, reject) => {
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
      const first = mostUrgent(queue);
      if (first === undefined) break;
      const batch = queue.filter(({ op }) => op === first.op).slice(0, mostMembers);
      this.waiting.set(
        group,
        queue.filter((change) => !batch.includes(change)),
      );
      await this.apply(group, batch);
    }
    this.waiting.delete(group);
    this.busy.delete(group);
  }

  /** One call for all; one by one if the application refuses the batch for what is in it. */
  private async apply(group: string, batch: readonly Change[]): Promise<void> {
    try {
      const priority = mostUrgent(batch)?.priority ?? 2;
      const answer = await this.lanes.run(priority, () => this.call(group, batch));
      for (const { account, op, resolve, reject } of batch) {
        if (answer.still?.has(account) === true) reject(notSo(op));
        else if (op === 'remove') resolve({ status: answer.status, verified: answer.still !== null });
        else resolve({ status: answer.status, verified: false, seen: memberSeen(answer.shown ?? null, account) });
      }
    } catch (error) {
      const refused =
        error instanceof ScimFailure && (error.terms.class === 'validation' || error.terms.class === 'conflict');
      if (refused && batch.length > 1) for (const change of batch) await this.apply(group, [change]);
      else for (const { reject } of batch) reject(error);
    }
  }

  private async call(group: string, batch: readonly Change[]): Promise<Answered> {
    const accounts = batch.map(({ account }) => account);
    const limits = (): { withinMs: number } => ({
      withinMs: Math.min(...batch.map((change) => change.limits().withinMs ?? Infinity)),
    });
    limits();
    if (batch[0]?.op === 'remove') return await this.remove(group, accounts, limits);
    const groupId = await this.groups.idOf(group);
    try {
      return { ...(await this.client.addMembers(groupId, accounts, limits())), still: new Set() };
    } catch (error) {
      if (!isGone(error)) throw error;
      throw await this.whatIsGone(group, groupId, accounts, error);
    }
  }

  /** What is read back counts, whatever was answered: "no such member" is as good as done, if it is so. */
  private async remove(group: string, accounts: readonly string[], limits: Limits): Promise<Answered> {
    const nobody = new Set<string>();
    const groupId = await this.groups.existing(group);
    if (groupId === null) return { status: null, still: nobody };
    let refusal: ScimFailure | null = null;
    let status: number | null = null;
    try {
      status = await this.client.removeMembers(groupId, accounts, limits());
    } catch (error) {
      if (!(error instanceof ScimFailure) || (error.terms.class !== 'validation' && error.terms.class !== 'gone'))
        throw error;
      refusal = error;
      ({ status } = error.terms);
    }
    const still = await this.client.groupMembers(groupId, limits()).catch(async (error: unknown) => {
      if (!isGone(error)) throw refusal === null ? afterChange(error) : error;
      if (!(await this.groups.isGone(group, groupId))) throw groupGone(error);
      return nobody;
    });
    if (refusal !== null && (still === null || accounts.some((account) => still.has(account)))) throw refusal;
    return { status, still };
  }

  /** 404 for an addition: the group, or one of the accounts? Only one account can be told apart from its neighbours. */
  private async whatIsGone(
    group: string,
    groupId: string,
    accounts: readonly string[],
    error: ScimFailure,
  ): Promise<ScimFailure> {
    if (await this.client.hasGroup(groupId))
      return accounts.length === 1 ? error : new ScimFailure({ ...error.terms, class: 'validation' }, { cause: error });
    await this.groups.isGone(group, groupId);
    return groupGone(error);
  }
}

/** It has another id now: tried again with that. */
function groupGone(error: ScimFailure): ScimFailure {
  return new ScimFailure({ ...error.terms, class: 'transient', code: 'group-gone' }, { cause: error });
}

function notSo(op: 'add' | 'remove'): ScimFailure {
  const detail = op === 'remove' ? 'the application answered that it removed the member, and still shows it' : '';
  return new ScimFailure({
    class: 'silent-failure',
    code: 'silent-failure',
    status: 200,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  });
}

function mostUrgent(changes: readonly Change[]): Change | undefined {
  return changes.reduce<Change | undefined>(
    (first, change) => (first !== undefined && first.priority <= change.priority ? first : change),
    undefined,
  );
}
