import { hasShape, parsed } from '#libs/event-store/core.js';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import type { IdentityStep } from '../identities/identities.exports.js';
import { CurrentCatalog, governanceActor, People } from '../people/people.exports.js';
import { openingToday } from './admission.js';
import { AccessRequests } from './access-requests.stream.js';
import { reroute } from './open-request.js';
import { requestsTouchedBy } from './open-requests.query.js';
import { PendingRequests } from './pending-requests.process.js';

/** Timer of a person whose manager or status has changed; its key is the identity. */
const rerouting = 'request-reroute';

interface Because {
  readonly correlationId: string;
  readonly causationId: string | null;
}

const isBecause = hasShape<Because>({ correlationId: 'text', causationId: 'any' });

/** Open requests follow the people who decide: when a manager changes, or an approver leaves, goes on leave or returns. */
@Injectable()
export class RerouteRequests implements OnModuleInit {
  private readonly others: ((identityIds: readonly string[], work: Work) => Promise<void>)[] = [];

  constructor(
    private readonly db: Database,
    private readonly timers: Timers,
    private readonly requests: AccessRequests,
    private readonly catalog: CurrentCatalog,
    private readonly people: People,
    private readonly pending: PendingRequests,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(rerouting, async (due, work) => {
      await this.fire(due, work);
      for (const follow of this.others)
        await follow(
          due.map(({ key }) => key),
          work,
        );
    });
  }

  /** What else follows when the managers or the status of these people have changed. In `onModuleInit`. */
  also(follow: (identityIds: readonly string[], work: Work) => Promise<void>): void {
    this.others.push(follow);
  }

  /** In the work that records these changes of identities. */
  follow(work: Work, steps: readonly IdentityStep[], at: string): void {
    for (const { identityId, before, now, causation } of steps) {
      if (before.status === 'absent') continue;
      if (before.status === now.status && before.managerId === now.managerId) continue;
      const payload: Because = { correlationId: causation.correlationId, causationId: causation.causationId };
      this.timers.at(work, { kind: rerouting, key: identityId, dueAt: at, payload });
    }
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    const at = this.clock.now();
    const ids = due.map(({ key }) => key);
    const rows = await requestsTouchedBy(this.db, ids, (await this.catalog.current()).owners.applicationsOwnedBy(ids));
    const pending = await this.pending.among(await this.requests.loadRows(rows), at);
    if (pending === null) return;
    const { open, catalog, batch, people } = pending;
    const usable = (id: string): boolean =>
      people.statusOf(id) === 'active' || (people.statusOf(id) === 'on-leave' && people.hasDelegate(id));
    const because = parsed<Because>('why requests are rerouted', isBecause, due[0]?.payload);
    for (const { request, asked } of open) {
      const beneficiary = batch.get(asked.request.beneficiaryId);
      const opening = openingToday(asked, beneficiary, { catalog, people });
      const facts = opening === null ? [] : reroute(opening, usable, at, asked);
      if (facts.length === 0) continue;
      this.people.decide(work, beneficiary);
      this.requests.stage(work, request, facts, { actor: governanceActor, ...because });
    }
    this.people.guard(
      work,
      catalog,
      open.flatMap(({ asked }) => (asked.approverIds ?? []).flatMap((id) => people.readAs(id))),
    );
  }
}
