import { ScimFailure } from '#libs/scim/client/failure.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { GroupDirectory } from '../groups/group-directory.js';
import type { Lanes } from './lanes.js';

/** Most members changed by one call: what every known application takes. */
const mostMembers = 100;

interface Change {
  readonly op: 'add' | 'remove';
  readonly account: string;
  readonly priority: 0 | 1;
  readonly resolve: (result: MembershipResult) => void;
  readonly reject: (error: unknown) => void;
}

export interface MembershipResult {
  readonly status: number | null;
  /** A removal was read back. */
  readonly verified: boolean;
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
  change(op: 'add' | 'remove', group: string, account: string, priority: 0 | 1): Promise<MembershipResult> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(group) ?? [];
      queue.push({ op, account, priority, resolve, reject });
      this.waiting.set(group, queue);
      if (this.busy.has(group)) return;
      this.busy.add(group);
      setImmediate(() => void this.serve(group));
    });
  }

  private async serve(group: string): Promise<void> {
    for (;;) {
      const queue = this.waiting.get(group) ?? [];
      const first = queue.find(({ priority }) => priority === 0) ?? queue[0];
      if (first === undefined) break;
      const batch = queue.filter(({ op }) => op === first.op).slice(0, mostMembers);
      this.waiting.set(group, queue.filter((change) => !batch.includes(change)));
      await this.apply(group, batch);
    }
    this.waiting.delete(group);
    this.busy.delete(group);
  }

  /** One call for all; one by one if the application refuses the batch for what is in it. */
  private async apply(group: string, batch: readonly Change[]): Promise<void> {
    try {
      const priority = batch.some((change) => change.priority === 0) ? 0 : 1;
      const answer = await this.lanes.run(priority, () => this.call(group, batch));
      for (const { account, op, resolve, reject } of batch) {
        if (answer.still?.has(account) === true) reject(notSo(op));
        else resolve({ status: answer.status, verified: answer.still !== null });
      }
    } catch (error) {
      const refused = error instanceof ScimFailure && (error.terms.class === 'validation' || error.terms.class === 'conflict');
      if (refused && batch.length > 1) for (const change of batch) await this.apply(group, [change]);
      else for (const { reject } of batch) reject(error);
    }
  }

  /** `still`: members after a removal; null where the application does not show them. */
  private async call(group: string, batch: readonly Change[]): Promise<{ status: number | null; still: ReadonlySet<string> | null }> {
    const accounts = batch.map(({ account }) => account);
    const removing = batch[0]?.op === 'remove';
    const groupId = await this.groups.idOf(group);
    try {
      if (!removing) return { status: await this.client.addMembers(groupId, accounts), still: new Set() };
      const status = await this.client.removeMembers(groupId, accounts);
      return { status, still: await this.client.groupMembers(groupId) };
    } catch (error) {
      if (!(error instanceof ScimFailure) || error.terms.class !== 'gone') throw error;
      await this.groups.forget(group);
      // Nobody is a member of a group that is not there; whoever should be is added to a new one.
      if (removing) return { status: error.terms.status, still: new Set() };
      throw new ScimFailure({ ...error.terms, class: 'transient', code: 'group-gone' }, { cause: error });
    }
  }
}

function notSo(op: 'add' | 'remove'): ScimFailure {
  const detail = op === 'remove' ? 'the application answered that it removed the member, and still shows it' : '';
  return new ScimFailure({ class: 'silent-failure', code: 'silent-failure', status: 200, effectUnknown: false, retryAfterMs: null, detail });
}
