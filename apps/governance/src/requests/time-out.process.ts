import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { Timer } from '#libs/service-kit/timers/timers.store.js';
import { governanceActor, People } from '../people/people.exports.js';
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
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(requestTimeout, (due, work) => this.fire(due, work));
  }

  private async fire(due: readonly Timer[], work: Work): Promise<void> {
    const loaded = await this.requests.loadMany(due.map(({ key }) => key));
    const at = this.clock.now();
    const ending = [...loaded.values()].flatMap((request) => {
      const facts = timeOut(at, request.state);
      return facts.map(({ data }) => ({ request, facts, beneficiaryId: data.request.beneficiaryId }));
    });
    if (ending.length === 0) return;
    const { batch } = await this.people.today({ ids: ending.map(({ beneficiaryId }) => beneficiaryId) });
    for (const { request, facts, beneficiaryId } of ending) {
      const causation = { actor: governanceActor, correlationId: request.id, causationId: request.lastFactId };
      this.people.decide(work, batch.get(beneficiaryId));
      this.requests.stage(work, request, facts, causation);
    }
  }
}
