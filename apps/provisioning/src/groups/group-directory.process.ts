import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { Causation } from '#libs/event-store/core.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Lease } from '#libs/event-store/lease.js';
import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import { foldText } from '#libs/text/text.js';
import { type EntitlementTarget, reading, type ShownEntitlement } from '../targets/targets.exports.js';
import type { Granted } from '../accounts/accounts.exports.js';
import { stageReopening, type ChangedGroups, type KnownGroup } from './changed-groups.query.js';
import type { Group } from './group.js';
import type { GroupEvent } from './group.events.js';
import { Groups } from './groups.stream.js';

export interface GroupDirectoryOptions {
  readonly connector: string;
  readonly groups: Groups;
  readonly changedGroups: ChangedGroups;
  readonly target: EntitlementTarget;
  readonly create: boolean;
  readonly lease: Lease;
  readonly nowMs: () => number;
  /** Called with the facts of groups after they are stored. */
  readonly onFacts: (events: readonly GroupEvent[]) => void;
  /** When a creation without an answer can no longer be running. */
  readonly overMs: (startedAtMs: number) => number;
}

/** How long a group is used under its id before its name is compared again. */
const nameCheckMs = 60_000;

interface Asked {
  readonly id: Promise<string>;
  readonly atMs: number;
}

/**
 * Finds a group by its name, or creates it if the connector may. Simultaneous callers share one answer. An id is
 * used for a minute, then its name is compared: a group that was renamed by hand is another group.
 */
export class GroupDirectory {
  private readonly known = new Map<string, Asked>();
  /** Groups whose members are not all as they should be. */
  private readonly changed = new Map<string, KnownGroup>();
  private readonly reopenAgain = new Set<string>();
  /** Ids under which the application has shown or changed a group. */
  private readonly shown = new Set<string>();
  private opened = false;

  constructor(private readonly options: GroupDirectoryOptions) {}

  /** Reads which groups have changed, and checks their members again. */
  async open(): Promise<void> {
    const { connector, changedGroups } = this.options;
    if (!this.opened) for (const group of await changedGroups.of(connector)) this.changed.set(group.name, group);
    this.opened = true;
    for (const name of this.reopenAgain) {
      this.reopenAgain.delete(name);
      await changedGroups.reopen(connector, name, this.now());
    }
  }

  /** The state of a group in which a member was added under that id (null: before ids were stored). */
  membership({ entitlement, id: grantedId }: Granted): 'held' | 'void' | 'in-question' {
    const { kind, name } = entitlementOf('', entitlement);
    const changed = kind === 'group' ? this.changed.get(name) : undefined;
    if (changed === undefined) return 'held';
    if (changed.inQuestion) return 'in-question';
    return changed.groupId === grantedId ? 'held' : 'void';
  }

  /** The application's id of the group. @throws CallFailure when there is none yet */
  async idOf(name: string): Promise<string> {
    const asked = this.known.get(name);
    if (asked !== undefined && this.isFresh(name)) return await asked.id;
    const id = this.find(name);
    this.known.set(name, { id, atMs: this.options.nowMs() });
    try {
      return await id;
    } catch (error) {
      this.known.delete(name);
      throw error;
    }
  }

  /** The application's id of the group; null for none. It does not create the group. */
  async existing(name: string): Promise<string | null> {
    const asked = this.known.get(name);
    if (asked !== undefined && this.isFresh(name)) return await asked.id;
    const found = await this.look(name);
    if (found !== null) this.known.set(name, { id: Promise.resolve(found), atMs: this.options.nowMs() });
    return found;
  }

  /** The application knows the group of this id. */
  isThere(groupId: string): void {
    this.shown.add(groupId);
  }

  /** Was the group's name compared within the last minute? */
  isFresh(name: string): boolean {
    const asked = this.known.get(name);
    return asked !== undefined && this.options.nowMs() - asked.atMs < nameCheckMs;
  }

  /** The application knows no group with that id: it is deleted or replaced. Its id is forgotten. */
  async isGone(name: string, groupId: string): Promise<boolean> {
    const found = await this.named(name);
    if (found?.id === groupId) throw failure('transient', 'found-and-gone');
    const { connector, groups } = this.options;
    if (found === null) this.requireSeen(groupId, (await groups.load(Groups.idOf(connector, name))).state);
    await this.transact(name, (now) =>
      now.groupId === groupId ? [{ type: 'GroupGone', v: 1, data: { connector, name, groupId } }] : [],
    );
    const asked = this.known.get(name);
    if (asked !== undefined && (await asked.id) === groupId) this.known.delete(name);
    return found === null;
  }

  private async find(name: string): Promise<string> {
    const found = await this.look(name);
    if (found !== null) return found;
    const { target, create } = this.options;
    if (!create || target.create === null) {
      const mend = 'create it there, or let the connector create it (groups.create), then retry';
      throw failure('validation', 'group-missing', `the application has no group ${name}: ${mend}`);
    }
    return await this.make(name, target.create);
  }

  private async look(name: string): Promise<string | null> {
    const { connector, groups } = this.options;
    const { state } = await groups.load(Groups.idOf(connector, name));
    if (state.groupId !== null) return await this.compared(name, state.groupId, state);
    const found = await this.named(name);
    if (found !== null) return await this.link(name, found.id, false);
    this.requireOver(state);
    return null;
  }

  /** The id while the group has this name, or the id of another group that has it now; null if the group is gone. */
  private async compared(name: string, groupId: string, state: Group): Promise<string | null> {
    const { inQuestion } = state;
    const shown = await this.options.target.read(groupId, reading);
    if (shown !== null) this.isThere(groupId);
    if (shown !== null && sameGroupName(shown.name, name)) return await this.confirm(name, groupId, inQuestion);
    const found = await this.named(name);
    if (found?.id === groupId) return await this.confirm(name, groupId, inQuestion);
    if (found !== null) return await this.link(name, found.id, false);
    const { connector } = this.options;
    if (shown === null) {
      this.requireSeen(groupId, state);
      await this.transact(name, () => [{ type: 'GroupGone', v: 1, data: { connector, name, groupId } }]);
      return null;
    }
    if (!inQuestion)
      await this.transact(name, () => [{ type: 'GroupRenamed', v: 1, data: { connector, name, groupId } }]);
    const mend = `name it ${name} again, or create a group of that name, then retry`;
    throw failure('validation', 'group-renamed', `group ${name} is called ${shown.name ?? ''} now: ${mend}`);
  }

  private async confirm(name: string, groupId: string, inQuestion: boolean): Promise<string> {
    return inQuestion ? await this.link(name, groupId, false) : groupId;
  }

  /** In the application: with exactly this name if there is one, otherwise without regard to case. */
  private async named(name: string): Promise<ShownEntitlement | null> {
    const found = (await this.options.target.find(name, reading)).filter((one) => sameGroupName(one.name, name));
    const exact = found.filter((one) => one.name === name);
    const [one, ...more] = exact.length > 0 ? exact : found;
    if (more.length > 0) {
      const several = `${more.length + 1} groups of the application have the name ${name}`;
      throw failure('validation', 'group-ambiguous', `${several}: rename all but one, then retry`);
    }
    return one ?? null;
  }

  private async make(name: string, create: NonNullable<EntitlementTarget['create']>): Promise<string> {
    const { connector, nowMs } = this.options;
    const startedMs = nowMs();
    const startedAt = new Date(startedMs).toISOString();
    await this.transact(name, () => [{ type: 'GroupCreationStarted', v: 1, data: { connector, name, startedAt } }]);
    crashPoint('provisioning.group-after-intent');
    try {
      const made = await create(name, { operation: null, leftMs: () => callTimeoutMs - (nowMs() - startedMs) });
      crashPoint('provisioning.group-after-call');
      return await this.link(name, made.id, true);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      // Another caller created it first.
      const other = error.terms.class === 'conflict' ? await this.named(name) : null;
      if (other !== null) return await this.link(name, other.id, false);
      const { code, effectUnknown } = error.terms;
      const failedAt = new Date(nowMs()).toISOString();
      await this.transact(name, () => [
        { type: 'GroupCreationFailed', v: 1, data: { connector, name, code, effectUnknown, failedAt } },
      ]);
      // Members were not changed: what waits for the group is tried again, with a look-up first.
      throw new CallFailure({ ...error.terms, effectUnknown: false }, { cause: error });
    }
  }

  private async link(name: string, groupId: string, created: boolean): Promise<string> {
    const { connector } = this.options;
    await this.transact(name, () => [{ type: 'GroupLinked', v: 1, data: { connector, name, groupId, created } }]);
    return groupId;
  }

  /** A missing group proves nothing while its creation may be running, or searches may not show it yet. */
  private requireOver({ open }: Group): void {
    if (open === null) return;
    const startedMs = Date.parse(open.startedAt);
    const untilMs = Math.max(this.options.overMs(startedMs), startedMs + callTimeoutMs);
    const leftMs = untilMs - this.options.nowMs();
    if (leftMs > 0) throw failure('transient', 'group-pending', '', leftMs);
  }

  /** A group that the hub made and the application has not shown yet: for a minute it may just not show it. */
  private requireSeen(groupId: string, { groupId: known, madeAt }: Group): void {
    if (madeAt === null || known !== groupId || this.shown.has(groupId)) return;
    const leftMs = Date.parse(madeAt) + nameCheckMs - this.options.nowMs();
    if (leftMs > 0) throw failure('transient', 'group-pending', '', leftMs);
  }

  private cause(): Causation {
    return { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
  }

  /** Stores the facts of a group, and their consequences for its members. */
  private async transact(name: string, decide: Parameters<Groups['transact']>[1]): Promise<void> {
    const { connector, groups, lease } = this.options;
    let before: Group | null = null;
    let reopens = false;
    const deciding: typeof decide = (state, version) => {
      before = state;
      return decide(state, version);
    };
    const { state, facts } = await groups.transact(
      Groups.idOf(connector, name),
      deciding,
      this.cause(),
      (work, after) => {
        work.under(lease);
        reopens = before !== null && isAnother(before, after.state);
        if (reopens) stageReopening(work, connector, name, this.now());
      },
    );
    this.options.onFacts(facts);
    const { groupId, remade, inQuestion } = state;
    if (remade || inQuestion) this.changed.set(name, { name, groupId, inQuestion });
    else this.changed.delete(name);
    if (reopens) this.reopenAgain.add(name);
  }

  private now(): string {
    return new Date(this.options.nowMs()).toISOString();
  }
}

/** Must the members be looked at again? Not of a group that nobody has been a member of. */
function isAnother(before: Group, after: Group): boolean {
  const isOther = after.remade && after.groupId !== before.groupId;
  return isOther || before.inQuestion !== after.inQuestion;
}

/** Group names ignore case, as `displayName` does (RFC 7643 §4.2). */
export function sameGroupName(shown: string | undefined, name: string): boolean {
  return shown !== undefined && foldText(shown) === foldText(name);
}

function failure(kind: FailureTerms['class'], code: string, detail = '', pastInMs?: number): CallFailure {
  const terms = { class: kind, code, status: null, effectUnknown: false, retryAfterMs: null, detail };
  return new CallFailure(pastInMs === undefined ? terms : { ...terms, pastInMs });
}
