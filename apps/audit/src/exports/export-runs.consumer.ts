import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isOutage, sqlState, tooSlow } from '#libs/event-store/conflict.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { ExportJobs, type ExportJob, type Outcome } from './export-job.store.js';
import { PackContents } from './pack-contents.query.js';
import { exportTimer } from './start-export.command.js';

/** Maximum of entries in one pack, which is built in memory. */
const maxEntries = 50_000;
/** Attempts before a pack fails finally, seconds apart, so that a short fault does not fail it. */
const attempts = 5;

/** Runs exports. Each export has a timer, so that none is lost in a crash. */
@Injectable()
export class ExportRuns implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly jobs: ExportJobs,
    private readonly contents: PackContents,
  ) {}

  onModuleInit(): void {
    this.timers.handle(exportTimer, (due, work) => this.run(due, work));
  }

  private async run(due: readonly DueTimer[], work: Work): Promise<void> {
    const jobs = await this.jobs.get(due.map(({ key }) => key));
    const failures = new Map(due.map((timer) => [timer.key, timer.failures]));
    const outcomes: Outcome[] = [];
    for (const job of jobs) {
      const last = (failures.get(job.id) ?? 0) + 1 >= attempts;
      outcomes.push(await this.outcomeOf(job).catch((error: unknown) => failed(job, error, last)));
    }
    if (outcomes.length > 0) this.jobs.finish(work, outcomes, this.clock.now());
  }

  private async outcomeOf(job: ExportJob): Promise<Outcome> {
    const { indexes } = await this.contents.of(job);
    if (indexes.length <= maxEntries) return { id: job.id, entries: indexes.length };
    return {
      id: job.id,
      error: `the pack would have ${indexes.length} entries, more than ${maxEntries}: ask for a shorter time`,
    };
  }
}

/** @throws the error while there are attempts left, and while the database cannot be reached: then the export is tried again */
function failed({ id }: ExportJob, error: unknown, last: boolean): Outcome {
  if (!last || (isOutage(error) && sqlState(error) !== tooSlow)) throw error;
  const why = error instanceof Error ? error.message : String(error);
  return { id, error: `the pack could not be built in ${attempts} attempts: ${why}` };
}
