import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers, type Timer } from '#libs/service-kit/timers/timers.js';
import { governanceActor } from '../people/recomputation.command.js';
import { timeOut } from './access-request.js';
import { AccessRequests } from './access-requests.stream.js';

/** Timer of an open stage; its key is the request. */
export const requestTimeout = 'request-timeout';

/** Closes requests nobody decided in time. */
@Injectable()
export class TimeOutRequests implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly requests: AccessRequests,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(requestTimeout, (due, work) => this.fire(due, work));
  }

  private async fire(due: readonly Timer[], work: Work): Promise<void> {
    const loaded = await this.requests.loadMany(due.map(({ key }) => key));
    const at = this.clock.now();
    for (const request of loaded.values()) {
      const causation = { actor: governanceActor, correlationId: request.id, causationId: request.lastFactId };
      this.requests.stage(work, request, timeOut(at, request.state), causation);
    }
  }
}
