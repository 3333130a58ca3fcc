import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { Clock } from '#libs/system/clock.js';
import { counted, ForeseeAccounts, noImpact, type Place } from '../accounts/accounts.exports.js';
import { type ComparedTerms, ImpactJobs } from './impact-jobs.store.js';

const counting = 'count-impact';

/** Payload of a job's timer: where the next page begins; null for the first page. */
interface Progress {
  readonly from: Place | null;
}
const isProgress = hasShape<Progress>({ from: 'object or null' });

/** Counts the people whom a changed mapping or scope affects, page by page: after a crash the count continues after the last counted page. */
@Injectable()
export class CountImpact implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly jobs: ImpactJobs,
    private readonly accounts: ForeseeAccounts,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(counting, (due, work) => this.fire(due, work));
  }

  /** Stages the job of a change. Its fact is staged in the same work, and the job has the fact's id. */
  stage(work: Work, id: string, version: number, terms: ComparedTerms): void {
    this.jobs.start(work, id, version, terms, this.clock.now());
    this.next(work, id, null);
  }

  private next(work: Work, key: string, from: Place | null): void {
    this.timers.at(work, { kind: counting, key, dueAt: this.clock.now(), payload: { from } });
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    for (const { key, payload } of due) {
      const terms = await this.jobs.compared(key);
      if (terms === null) continue;
      const { from } = parsed<Progress>(`the progress of job ${key}`, isProgress, payload);
      const { people, next } = await this.accounts.page(terms.connector, terms, from);
      const counts = people.reduce((sum, { impact }) => counted(sum, impact), noImpact);
      this.jobs.count(work, key, counts, next === null ? this.clock.now() : null);
      if (next !== null) this.next(work, key, next);
    }
  }
}
