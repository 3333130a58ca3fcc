import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Recorded } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/service-kit/clock.js';
import { Timers, type Timer } from '#libs/service-kit/timers.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { People } from './people.query.js';
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
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(recomputation, (due, work) => this.fire(due, work));
  }

  /** Has everybody settled again, because of a fact staged in the same work. */
  stage(work: Work, { correlationId, id: causationId }: Recorded): void {
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
      for (const person of page) this.settle.settle(work, person, catalog, cause, at);
      this.people.guard(work, catalog);
      await work.commit();
      return page.at(-1)?.identity.id ?? null;
    });
  }
}
