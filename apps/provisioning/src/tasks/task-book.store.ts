import { Injectable } from '@nestjs/common';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { isUuid, uuidv7 } from '#libs/event-store/ids.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { correlation } from '#libs/system/traceparent.js';
import { later } from '#libs/text/duration.js';
import {
  type GivenTask,
  type HeldBy,
  type KeptAccount,
  type KeptKind,
  type SoughtAccount,
  type TaskAnswer,
  TaskBook,
  type TaskTerms,
  type WantedTask,
} from '../targets/targets.exports.js';
import { KeptAccounts } from './kept-accounts.store.js';
import { give, isSame, send, type Task, type TaskState, withdraw } from './task.js';
import { taskReminder } from './task-timers.js';
import { Tasks } from './tasks.stream.js';

type Open = Loaded<Task> & { readonly state: TaskState };

/** The tasks and the kept accounts, as the target that has changes made by people uses them. */
@Injectable()
export class StoredTaskBook extends TaskBook {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly tasks: Tasks,
    private readonly kept: KeptAccounts,
    private readonly timers: Timers,
    private readonly clock: Clock,
  ) {
    super();
  }

  async give(asked: WantedTask, terms: TaskTerms): Promise<GivenTask> {
    const { application, identityId } = await this.about(asked);
    const wanted = { ...asked, identityId };
    return await decideAgainOnConflict(async () => {
      const open = await this.openOf(wanted);
      const same = open.find(({ state }) => isSame(state, wanted));
      const others = open.filter((one) => one !== same);
      if (same !== undefined && others.length === 0) return givenOf(same.state);
      const work = this.store.work();
      const at = this.clock.now();
      for (const other of others) {
        this.tasks.stage(work, other, withdraw(at, other.state), byProvisioning());
        this.timers.cancel(work, taskReminder, other.id);
      }
      const state = same?.state ?? this.stageNew(work, wanted, terms, { application, at });
      await work.commit();
      return givenOf(state);
    });
  }

  async sent(id: string): Promise<void> {
    const at = this.clock.now();
    await this.tasks.transact(id, (state) => send(at, state), byProvisioning());
  }

  async withdraw(id: string): Promise<void> {
    const at = this.clock.now();
    await this.tasks.transact(
      id,
      (state) => withdraw(at, state),
      byProvisioning(),
      (work) => this.timers.cancel(work, taskReminder, id),
    );
  }

  async answer(id: string): Promise<TaskAnswer | null> {
    if (!isUuid(id)) return null;
    const { state } = await this.tasks.load(id);
    if (state === null) return null;
    const { status, reason, written, entitlement, connector, kind, identityId, accountId, sentAt } = state;
    if (status === 'confirmed') return { asked: 'done', reason: '', unsent: null };
    if (status === 'refused') return { asked: 'refused', reason: reason ?? '', unsent: null };
    if (status === 'withdrawn') return { asked: 'refused', reason: 'the task was withdrawn', unsent: null };
    const wanted = { connector, kind, identityId, accountId, entitlement, written };
    return { asked: 'pending', reason: '', unsent: sentAt === null ? { ...givenOf(state), wanted } : null };
  }

  find(connector: string, sought: SoughtAccount): Promise<readonly KeptAccount[]> {
    return this.kept.find(connector, sought);
  }

  findBy(connector: string, path: string, value: string): Promise<readonly KeptAccount[]> {
    return this.kept.findBy(connector, path, value);
  }

  read(connector: string, id: string): Promise<KeptAccount | null> {
    return this.kept.read(connector, id);
  }

  page(connector: string, after: string, limit: number): Promise<readonly KeptAccount[]> {
    return this.kept.page(connector, after, limit);
  }

  async isWhole(connector: string): Promise<boolean | null> {
    const [row] = await this.db.query<{ whole: boolean }>(
      `select whole from account_list where connector = $1 and as_of is not null`,
      [connector],
    );
    return row?.whole ?? null;
  }

  names(connector: string, kind: KeptKind, after: string, limit: number): Promise<readonly string[]> {
    return this.kept.names(connector, kind, after, limit);
  }

  holders(connector: string, held: HeldBy): Promise<readonly string[]> {
    return this.kept.holders(connector, held);
  }

  private stageNew(
    work: ReturnType<EventStore['work']>,
    wanted: WantedTask,
    terms: TaskTerms,
    about: { readonly application: string; readonly at: string },
  ): TaskState {
    const id = uuidv7();
    const given = give(wanted, terms, { id, ...about });
    const { state: after } = this.tasks.stage(work, { id, state: null, version: 0 }, [given], byProvisioning());
    if (after === null) throw new Error('a given task is open');
    this.timers.at(work, { kind: taskReminder, key: id, dueAt: later(about.at, terms.remindEvery), payload: {} });
    return after;
  }

  /** Whose account it is, and in which application. */
  private async about({
    connector,
    identityId,
    accountId,
  }: WantedTask): Promise<{ readonly application: string; readonly identityId: string | null }> {
    const [row] = await this.db.query<{ application: string; owner: string | null }>(
      `select p.id as application, coalesce((select a.identity_id::text from account a where a.connector = $1 and a.account_id = $2 limit 1),
         (select k.external_id from kept_account k where k.connector = $1 and k.account_id = $2)) as owner
       from application p where p.connector_id = $1 order by p.id limit 1`,
      [connector, accountId],
    );
    if (row === undefined) throw new Error(`no application has the connector ${connector}`);
    const owner = row.owner !== null && isUuid(row.owner) ? row.owner : null;
    return { application: row.application, identityId: identityId ?? owner };
  }

  /** What is open for the account. */
  private async openOf({ connector, identityId, accountId }: WantedTask): Promise<Open[]> {
    const rows = await this.db.query<{ id: string; version: number; fold: number; state: unknown }>(
      `select id, version, fold, state from manual_task where connector = $1 and status = 'open'
         and (identity_id = $2::uuid or (identity_id is null and $2::uuid is null and account_id = $3))`,
      [connector, identityId, accountId],
    );
    const loaded = await this.tasks.loadRows(rows);
    return loaded.filter((one): one is Open => one.state?.status === 'open');
  }
}

function givenOf({ task: id, application, givenAt, dueAt, sentAt }: TaskState): GivenTask {
  return { id, application, givenAt, dueAt, isSent: sentAt !== null };
}

/** What the work on an account causes belongs to the chain that led to it. */
function byProvisioning(): Causation {
  const correlationId = correlation().correlationId ?? uuidv7();
  return { actor: 'service/provisioning', correlationId, causationId: null };
}
