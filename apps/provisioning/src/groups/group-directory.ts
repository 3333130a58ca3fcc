import type { Cause } from '#libs/event-store/core.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Lease } from '#libs/event-store/lease.js';
import { ScimFailure, type FailureTerms } from '#libs/scim/client/failure.js';
import { callTimeoutMs } from '#libs/scim/client/http-exchange.js';
import type { ScimGroup } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { settleMs } from '../accounts/plan.js';
import type { Group } from './group.js';
import type { GroupEvent } from './group.events.js';
import { Groups } from './groups.stream.js';

export interface GroupDirectoryOptions {
  readonly connector: string;
  readonly groups: Groups;
  readonly client: ScimClient;
  readonly create: boolean;
  readonly lease: Lease;
  readonly nowMs: () => number;
  /** Told of what becomes of groups, once it is stored. */
  readonly told: (events: readonly GroupEvent[]) => void;
  /** When a creation of which nothing was heard can no longer be running. */
  readonly overMs: (startedAtMs: number) => number;
}

/** Finds a group by its name once, making it if the connector may; everyone who asks meanwhile waits for the same answer. */
export class GroupDirectory {
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly options: GroupDirectoryOptions) {}

  /** The application's id of the group. @throws ScimFailure when there is none yet */
  async idOf(name: string): Promise<string> {
    const asked = this.known.get(name);
    if (asked !== undefined) return await asked;
    const asking = this.find(name);
    this.known.set(name, asking);
    try {
      return await asking;
    } catch (error) {
      this.known.delete(name);
      throw error;
    }
  }

  /** The application's id of the group; null when there is none, which is then not made. */
  async existing(name: string): Promise<string | null> {
    const asked = this.known.get(name);
    if (asked !== undefined) return await asked;
    const found = await this.look(name);
    if (found !== null) this.known.set(name, Promise.resolve(found));
    return found;
  }

  /** The application knows no group of that id: is it gone, or has another one taken its place? Either way its id is forgotten. */
  async isGone(name: string, groupId: string): Promise<boolean> {
    const found = await this.named(name);
    if (found?.id === groupId) throw failure('transient', 'found-and-gone');
    const { connector } = this.options;
    await this.transact(name, (now) =>
      now.groupId === groupId ? [{ type: 'GroupGone', v: 1, data: { connector, name, groupId } }] : [],
    );
    this.known.delete(name);
    return found === null;
  }

  private async find(name: string): Promise<string> {
    const found = await this.look(name);
    if (found !== null) return found;
    if (!this.options.create) {
      const mend = 'make it there, or let the connector do so (groups.create), then retry';
      throw failure('validation', 'group-missing', `the application has no group ${name}: ${mend}`);
    }
    return await this.make(name);
  }

  private async look(name: string): Promise<string | null> {
    const { connector, groups } = this.options;
    const { state } = await groups.load(Groups.idOf(connector, name));
    if (state.groupId !== null) return state.groupId;
    this.requireOver(state);
    const found = await this.named(name);
    return found === null ? null : await this.link(name, found.id, false);
  }

  /** In the application: exactly as written if there is such a one, else in any case. */
  private async named(name: string): Promise<ScimGroup | null> {
    const found = (await this.options.client.findGroups(name)).filter(
      (one) => one.displayName?.toLowerCase() === name.toLowerCase(),
    );
    const exact = found.filter((one) => one.displayName === name);
    const [one, ...more] = exact.length > 0 ? exact : found;
    if (more.length > 0) {
      const several = `${more.length + 1} groups of the application are called ${name}`;
      throw failure('validation', 'group-ambiguous', `${several}: rename all but one, then retry`);
    }
    return one ?? null;
  }

  private async make(name: string): Promise<string> {
    const { connector, client, nowMs } = this.options;
    const startedMs = nowMs();
    const startedAt = new Date(startedMs).toISOString();
    await this.transact(name, () => [{ type: 'GroupCreationStarted', v: 1, data: { connector, name, startedAt } }]);
    crashPoint('provisioning.group-after-intent');
    try {
      const made = await client.createGroup(name, { withinMs: callTimeoutMs - (nowMs() - startedMs) });
      crashPoint('provisioning.group-after-call');
      return await this.link(name, made.id, true);
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      // Somebody else was faster.
      const other = error.terms.class === 'conflict' ? await this.named(name) : null;
      if (other !== null) return await this.link(name, other.id, false);
      const { code, effectUnknown } = error.terms;
      const failedAt = new Date(nowMs()).toISOString();
      await this.transact(name, () => [
        { type: 'GroupCreationFailed', v: 1, data: { connector, name, code, effectUnknown, failedAt } },
      ]);
      // Members were not touched: what waits for the group is tried again, and looks first.
      throw new ScimFailure({ ...error.terms, effectUnknown: false }, { cause: error });
    }
  }

  private async link(name: string, groupId: string, created: boolean): Promise<string> {
    const { connector } = this.options;
    await this.transact(name, () => [{ type: 'GroupLinked', v: 1, data: { connector, name, groupId, created } }]);
    return groupId;
  }

  /** Not finding a group proves nothing while its creation may be running. */
  private requireOver({ open }: Group): void {
    if (open === null) return;
    const untilMs =
      open.lostAt === null ? this.options.overMs(Date.parse(open.startedAt)) : Date.parse(open.lostAt) + settleMs;
    if (this.options.nowMs() < untilMs) throw failure('transient', 'group-pending');
  }

  private cause(): Cause {
    return { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
  }

  private async transact(name: string, decide: Parameters<Groups['transact']>[1]): Promise<void> {
    const { connector, groups, lease } = this.options;
    const id = Groups.idOf(connector, name);
    const { facts } = await groups.transact(id, decide, this.cause(), (work) => work.under(lease));
    this.options.told(facts);
  }
}

function failure(kind: FailureTerms['class'], code: string, detail = ''): ScimFailure {
  return new ScimFailure({ class: kind, code, status: null, effectUnknown: false, retryAfterMs: null, detail });
}
