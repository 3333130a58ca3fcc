import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed, type Recorded } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { type ChangedReading, restatementEnd } from '../desired-access/desired-access.exports.js';
import type { AffectedPeople } from './affected-people.js';
import { FindAffectedPeople } from './affected-people.query.js';
import { CurrentCatalog } from '../policy/policy.exports.js';
import { effectsByJob } from './job-effects.js';
import { People } from './people.query.js';
import { RecomputeJobs, type AppliedChange } from './recompute-jobs.store.js';
import { governanceActor, Recomputation } from './recomputation.process.js';

const recomputation = 'recompute-access';
/** Identities recomputed in one work, at most. */
const pageSize = 200;

/** Payload of a job's timer. */
interface Progress {
  /** Absent in a job that an earlier version of the hub began: everybody. */
  readonly affected?: AffectedPeople;
  /** Identities up to this id are done. */
  readonly after: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** What a connector reads now: the end of the job is published. */
  readonly read?: ChangedReading;
}

/** The message or fact by which a connector reads something else. */
export interface ReadingMessage {
  readonly id: string;
  readonly correlationId: string;
  readonly time: string;
}

const isProgress = hasShape<Progress>({ after: 'text', correlationId: 'text', causationId: 'text' });

/**
 * A rule or package, new or changed, applies to the people already here: to those whom it affects, page by page, so that a
 * crash goes on after the last page done. Each change is a job with a timer of its own; all decide under the newest catalog.
 */
@Injectable()
export class RecomputeAccess implements OnModuleInit {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly people: People,
    private readonly find: FindAffectedPeople,
    private readonly catalog: CurrentCatalog,
    private readonly recomputation: Recomputation,
    private readonly jobs: RecomputeJobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(recomputation, (due, work) => this.fire(due, work));
  }

  /** Stages the job that recomputes those whom a change affects. Its fact is staged in the same work, and the job has the fact's id. */
  stage(
    work: Work,
    { correlationId, id, occurredAt }: Recorded,
    change: AppliedChange,
    affected: AffectedPeople,
  ): void {
    this.jobs.start(work, id, change, occurredAt);
    this.next(work, id, { affected, after: firstUuid, correlationId, causationId: id });
  }

  /** Stages the job by which desired access carries what a connector reads now. @param id of what says so */
  stageRead(
    work: Work,
    { correlationId, id, time }: ReadingMessage,
    change: AppliedChange,
    read: ChangedReading,
  ): void {
    const affected = { who: 'known-in', applications: read.applications } as const;
    this.jobs.start(work, id, change, time);
    this.next(work, id, { affected, after: firstUuid, correlationId, causationId: id, read });
  }

  private next(work: Work, key: string, payload: Progress): void {
    this.timers.at(work, { kind: recomputation, key, dueAt: this.clock.now(), payload });
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    for (const { key, payload } of due) {
      const progress = parsed<Progress>(`the progress of job ${key}`, isProgress, payload);
      const after = await this.recomputePage(progress);
      if (after !== null) this.next(work, key, { ...progress, after });
      else this.finish(work, progress);
    }
  }

  /** The end mark of a restatement follows the job. */
  private finish(work: Work, { causationId, correlationId, read }: Progress): void {
    const dueAt = this.clock.now();
    this.jobs.finish(work, causationId, dueAt);
    if (read !== undefined)
      this.timers.at(work, {
        kind: restatementEnd,
        key: causationId,
        dueAt,
        payload: { ...read, correlationId, causationId },
      });
  }

  /**
   * Recomputes the next identities in one work, which may be repeated without harm. After each conflict the work takes
   * fewer of them, so that it succeeds in a busy service, too. Returns the id after which the next page begins; null at
   * the end.
   */
  private async recomputePage({ affected, after, correlationId, causationId }: Progress): Promise<string | null> {
    let limit = pageSize;
    return await decideAgainOnConflict(async () => {
      const found = await this.find.next(affected ?? { who: 'everybody' }, await this.catalog.current(), {
        after,
        limit,
      });
      limit = Math.ceil(limit / 2);
      const last = found.ids.at(-1);
      if (last === undefined) return found.after;
      const { batch, catalog } = await this.people.today({ ids: found.ids });
      const work = this.store.work();
      const causation = { actor: governanceActor, correlationId, causationId, bulk: true };
      const at = this.clock.now();
      const page = found.ids.map((id) => batch.get(id));
      const people = page.map((before) => {
        const { person: after, origins } = this.recomputation.stage(work, before, { catalog, causation, at });
        return { before, after, origins };
      });
      this.people.guard(work, catalog);
      this.jobs.count(work, causationId, { last, checked: page.length }, effectsByJob(people, causationId));
      await work.commit();
      return found.after;
    });
  }
}
