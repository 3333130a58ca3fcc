import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { Clock } from '#libs/system/clock.js';
import { later } from '#libs/text/duration.js';
import { remind } from './task.js';
import { taskReminder } from './task-timers.js';
import { Tasks } from './tasks.stream.js';

/** Reminds of each task that nobody has answered, as often as its connector says. */
@Injectable()
export class TaskReminders implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly tasks: Tasks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(taskReminder, (due, work) => this.fire(due, work));
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    const at = this.clock.now();
    const causation: Causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
    for (const loaded of (await this.tasks.loadMany(due.map(({ key }) => key))).values()) {
      const facts = remind(at, loaded.state);
      if (loaded.state === null || facts.length === 0) continue;
      this.tasks.stage(work, loaded, facts, causation);
      const dueAt = later(at, loaded.state.remindEvery);
      this.timers.at(work, { kind: taskReminder, key: loaded.id, dueAt, payload: {} });
    }
  }
}
