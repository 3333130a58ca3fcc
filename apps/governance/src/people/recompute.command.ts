import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Recorded } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers, type Timer } from '#libs/service-kit/timers/timers.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import type { Person } from './crowd.js';
import { entitlementsOf, missingIn } from './lost-access.js';
import { People } from './people.query.js';
import { RecomputeJobs, type AppliedChange } from './recompute-jobs.store.js';
import { governanceActor, Settle } from './settle.command.js';

const recomputation = 'recompute-access';
const everybody = 'everybody';
/** Identities settled in one work, at most. */
const pageSize = 200;

interface Progress {
  /** Identities up to this id are done. */
  readonly after: string;
  readonly correlationId: string;
  readonly causationId: string;
}

/**
 * A rule or package, new or changed, applies to everybody already here: page by page, so that a crash goes on
 * behind the last page done. A further change starts over under the newest catalog.
 */
@Injectable()
export class RecomputeAccess implements OnModuleInit {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly people: People,
    private readonly settle: Settle,
    private readonly jobs: RecomputeJobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(recomputation, (due, work) => this.fire(due, work));
  }

  /** Has everybody settled again, because of a change whose fact is staged in the same work. The job has the fact's id. */
  stage(work: Work, { correlationId, id: causationId, occurredAt }: Recorded, change: AppliedChange): void {
    this.jobs.start(work, causationId, change, occurredAt);
    this.next(work, { after: '00000000-0000-0000-0000-000000000000', correlationId, causationId });
  }

  private next(work: Work, payload: Progress): void {
    this.timers.at(work, { kind: recomputation, key: everybody, dueAt: this.clock.now(), payload });
  }

  private async fire(due: readonly Timer[], work: Work): Promise<void> {
    for (const { payload } of due) {
      const progress = payload as Progress;
      const last = await this.settlePage(progress);
      if (last !== null) this.next(work, { ...progress, after: last });
      else this.jobs.finish(work, progress.causationId, this.clock.now());
    }
  }

  /**
   * Settles the next identities in a work of their own, which may be repeated harmlessly: less of them each time
   * someone else wrote first, so that a busy service does not starve a rule. Returns the last one's id; null at the end.
   */
  private async settlePage({ after, correlationId, causationId }: Progress): Promise<string | null> {
    let size = pageSize;
    return await decideAgainOnConflict(async () => {
      const { page, catalog } = await this.people.page(after, size);
      size = Math.ceil(size / 2);
      const work = this.store.work();
      const cause = { actor: governanceActor, correlationId, causationId, bulk: true };
      const at = this.clock.now();
      const changes = page.map((person) => changeOf(person, this.settle.settle(work, person, catalog, cause, at)));
      this.people.guard(work, catalog);
      const last = page.at(-1)?.identity.id ?? null;
      if (last !== null) this.jobs.count(work, causationId, { last, checked: page.length, ...summed(changes) });
      await work.commit();
      return last;
    });
  }
}

interface Change {
  readonly touched: boolean;
  readonly gained: boolean;
  readonly lost: boolean;
}

function changeOf(before: Person, after: Person): Change {
  const [had, has] = [entitlementsOf(before), entitlementsOf(after)];
  const desired = [...after.desired].some(
    ([application, { version }]) => before.desired.get(application)?.version !== version,
  );
  return {
    touched: desired || before.access.version !== after.access.version,
    gained: missingIn(had, has).length > 0,
    lost: missingIn(has, had).length > 0,
  };
}

function summed(changes: readonly Change[]): { touched: number; gained: number; lost: number } {
  const count = (what: keyof Change): number => changes.filter((change) => change[what]).length;
  return { touched: count('touched'), gained: count('gained'), lost: count('lost') };
}
