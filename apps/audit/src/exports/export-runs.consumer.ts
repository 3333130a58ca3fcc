import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/service-kit/clock.js';
import { Timers, type Timer } from '#libs/service-kit/timers.js';
import { ExportJobs, type ExportJob, type Outcome } from './export-job.store.js';
import { PackContents } from './pack-contents.query.js';
import { exportTimer } from './start-export.command.js';

/** Most entries of one pack: it is put together in memory. */
const maxEntries = 50_000;

/** Works exports off; a timer each, so a crash loses none. */
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

  private async run(due: readonly Timer[], work: Work): Promise<void> {
    const jobs = await this.jobs.get(due.map(({ key }) => key));
    const outcomes: Outcome[] = [];
    for (const job of jobs) outcomes.push(await this.outcomeOf(job));
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
