import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { accessDue, DueChanges } from './due-changes.process.js';
import { People } from './people.query.js';
import { governanceActor, Recomputation } from './recomputation.process.js';

/** Starts, ends and announces assignments when their time has come. */
@Injectable()
export class DueAccess implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly due: DueChanges,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(accessDue, (due, work) => this.fire(due, work));
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    const ids = due.map(({ key }) => key);
    const { catalog, batch } = await this.people.today({ ids });
    const at = this.clock.now();
    for (const id of ids) {
      const causation = { actor: governanceActor, correlationId: uuidv7(), causationId: null };
      const { person } = this.recomputation.stage(work, batch.get(id), { catalog, causation, at });
      this.due.watch(work, person.access, at);
    }
    this.people.guard(work, catalog);
  }
}
