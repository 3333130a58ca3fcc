import { CallFailure } from '#libs/outgoing/failure.js';
import type { Priority } from '../accounts/accounts.exports.js';
import { type EntitlementTarget, reading } from '../targets/targets.exports.js';
import type { ChangedGroups, KnownGroup } from './changed-groups.query.js';
import { sameGroupName, type GroupDirectory } from './group-directory.process.js';

export interface GroupComparisonOptions {
  readonly connector: string;
  readonly changedGroups: Pick<ChangedGroups, 'known'>;
  readonly directory: Pick<GroupDirectory, 'existing' | 'isFresh'>;
  readonly target: Pick<EntitlementTarget, 'read'>;
  readonly lanes: { run<T>(priority: Priority, call: () => Promise<T>): Promise<T> };
  /** Is this the application where the groups are known to be? */
  readonly place: { readonly proven: boolean };
  readonly nowMs: () => number;
  readonly mayCall: () => boolean;
}

/** How often all are compared, and how many at most in one round. */
const roundMs = 60_000;
const most = 300;

/**
 * Compares the names of groups that nobody uses at the moment, each minute: a member of a group that was renamed or deleted
 * by hand is not in sync, though nothing is to be done for that person. A group that is not found is looked for again in
 * the next round before it counts as gone: replicas lag.
 */
export class GroupComparison {
  private dueMs: number | null = null;
  private after = '';
  private running = false;
  /** Not found in the last round. */
  private readonly missing = new Set<string>();

  constructor(private readonly options: GroupComparisonOptions) {}

  /** One round, when it is due. */
  async run(): Promise<void> {
    const nowMs = this.options.nowMs();
    this.dueMs ??= nowMs + roundMs;
    if (this.running || nowMs < this.dueMs || !this.mayCompare()) return;
    this.running = true;
    this.dueMs = nowMs + roundMs;
    try {
      await this.round();
    } finally {
      this.running = false;
    }
  }

  private async round(): Promise<void> {
    const { connector, changedGroups, directory } = this.options;
    const groups = await changedGroups.known(connector, this.after, most);
    this.after = groups.length < most ? '' : (groups.at(-1)?.name ?? '');
    for (const group of groups) {
      if (!this.mayCompare()) return;
      if (directory.isFresh(group.name)) continue;
      // The application does not answer: the work on accounts finds that out.
      if (!(await this.isAnswered(group))) return;
    }
  }

  private async isAnswered(group: KnownGroup): Promise<boolean> {
    try {
      await this.compare(group);
      return true;
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      return error.terms.status !== null || error.terms.class !== 'transient';
    }
  }

  private mayCompare(): boolean {
    return this.options.mayCall() && this.options.place.proven;
  }

  private async compare({ name, groupId, inQuestion }: KnownGroup): Promise<void> {
    const { target, directory, lanes } = this.options;
    const shown = groupId === null ? null : await lanes.run(2, () => target.read(groupId, reading));
    if (shown === null && groupId !== null && !this.missing.has(name)) {
      this.missing.add(name);
      return;
    }
    this.missing.delete(name);
    if (shown === null || inQuestion !== !sameGroupName(shown.name, name))
      await lanes.run(2, () => directory.existing(name));
  }
}
