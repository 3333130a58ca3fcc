import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Read } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { governanceActor, People } from '../people/people.exports.js';
import { escalationToday } from './admission.js';
import type { AccessRequestEvent } from './access-request.events.js';
import type { AccessRequest, Asked } from './access-request.js';
import { AccessRequests } from './access-requests.stream.js';
import { remind, remindedAt, timeOut } from './open-request.js';
import { PendingRequests } from './pending-requests.process.js';

/** Timers of an open stage; their key is the request. */
const timeout = 'request-timeout';
const reminder = 'request-reminder';

/** Reminds the approvers of open stages, and escalates or closes requests nobody decided in time. */
@Injectable()
export class RequestTimers implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly requests: AccessRequests,
    private readonly people: People,
    private readonly pending: PendingRequests,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(timeout, (due, work) => this.timeOut(due, work));
    this.timers.handle(reminder, (due, work) => this.remind(due, work));
  }

  /** A stage opens, or its time begins again. */
  open(work: Work, requestId: string, from: string, dueAt: string | null): void {
    if (dueAt === null) return;
    this.timers.at(work, { kind: timeout, key: requestId, dueAt, payload: {} });
    this.timers.at(work, { kind: reminder, key: requestId, dueAt: remindedAt(from, dueAt), payload: {} });
  }

  /** What a decision changes: the request is closed, or another stage is open. */
  after(work: Work, requestId: string, before: Asked, now: AccessRequest, at: string): void {
    if (now.status !== 'pending') this.close(work, requestId);
    else if (now.stage !== before.stage) this.open(work, requestId, at, now.dueAt);
  }

  /** The request is closed. */
  close(work: Work, requestId: string): void {
    this.timers.cancel(work, timeout, requestId);
    this.timers.cancel(work, reminder, requestId);
  }

  private async timeOut(due: readonly DueTimer[], work: Work): Promise<void> {
    const at = this.clock.now();
    const loaded = [...(await this.requests.loadMany(due.map(({ key }) => key))).values()];
    const pending = await this.pending.among(loaded, at);
    if (pending === null) return;
    const { open, catalog, batch, people } = pending;
    for (const { request, asked } of open) {
      const beneficiary = batch.get(asked.request.beneficiaryId);
      const facts = timeOut(at, escalationToday(asked, beneficiary, { catalog, people }), asked);
      if (facts.length === 0) continue;
      this.people.decide(work, beneficiary);
      for (const { data } of facts) if ('dueAt' in data) this.open(work, request.id, at, data.dueAt);
      this.stage(work, request, facts);
    }
    const deciding = open.flatMap(({ asked }) => asked.approverIds ?? []);
    this.people.guard(
      work,
      catalog,
      deciding.flatMap((id) => people.readAs(id)),
    );
  }

  private async remind(due: readonly DueTimer[], work: Work): Promise<void> {
    const at = this.clock.now();
    const loaded = [...(await this.requests.loadMany(due.map(({ key }) => key))).values()];
    const reminded = loaded.flatMap((request) => remind(at, request.state).map((fact) => ({ request, fact })));
    const { batch } = await this.people.today({ ids: reminded.map(({ fact }) => fact.data.request.beneficiaryId) });
    for (const { request, fact } of reminded) {
      this.people.decide(work, batch.get(fact.data.request.beneficiaryId));
      this.stage(work, request, [fact]);
    }
  }

  private stage(work: Work, request: Read<AccessRequest>, facts: readonly AccessRequestEvent[]): void {
    if (facts.length === 0) return;
    const causation = { actor: governanceActor, correlationId: request.id, causationId: request.lastFactId };
    this.requests.stage(work, request, facts, causation);
  }
}
