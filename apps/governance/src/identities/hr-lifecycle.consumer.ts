import { Injectable } from '@nestjs/common';
import type { WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causedBy } from '#libs/event-bus/message-of.js';
import type { Cause } from '#libs/event-store/core.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/service-kit/clock.js';
import { canonicalKey } from '#libs/text/text.js';
import type { CatalogSnapshot } from '../catalog/catalog-snapshot.js';
import type { Crowd, Person } from '../people/crowd.js';
import { People, type Wanted } from '../people/people.query.js';
import { governanceActor, Settle } from '../people/settle.command.js';
import { LeaversRequests } from '../requests/leavers-requests.command.js';
import { Identities } from './identities.stream.js';
import type { IdentityEvent } from './identity.events.js';
import { MissingManagers } from './missing-managers.command.js';
import { liveNumbersOf, recordEmployment, resolveManager, userNameCandidates } from './identity.js';

type HrMessage = PublicMessage<WorkerMessage>;

/** One person has one identity, whose id follows from HR's. */
export const identityIdOf = (personId: string): string => uuidv5(personId);

/** HR's statements in; identities, what rules give and take, and desired access out, in one work. */
@Injectable()
export class HrLifecycleConsumer {
  constructor(
    private readonly identities: Identities,
    private readonly people: People,
    private readonly settle: Settle,
    private readonly requests: LeaversRequests,
    private readonly missing: MissingManagers,
    private readonly clock: Clock,
  ) {}

  /** Everybody whom these messages may concern. */
  wanted(batch: readonly HrMessage[]): Wanted {
    const bodies = batch.map(({ body }) => body);
    return {
      ids: bodies.map(({ person }) => identityIdOf(person)),
      numbers: bodies.flatMap(({ attributes: { managerId } }) =>
        managerId === undefined ? [] : canonicalKey(managerId),
      ),
      managersExpected: bodies
        .filter(({ employed }) => employed)
        .map(({ attributes }) => canonicalKey(attributes.employeeId)),
      userNames: bodies.flatMap(({ person, attributes }) => userNameCandidates(identityIdOf(person), attributes)),
    };
  }

  async handle(batch: readonly HrMessage[], crowd: Crowd, catalog: CatalogSnapshot, work: Work): Promise<void> {
    const at = this.clock.now();
    const mayLeave = batch.filter(({ body }) => !body.employed).map(({ body }) => identityIdOf(body.person));
    const open = await this.requests.openFor(mayLeave);
    for (const message of batch) {
      const facts = this.record(message, crowd, catalog, work, at);
      const left = facts.find(({ type }) => type === 'IdentityLeft');
      if (left === undefined) continue;
      const cause = { ...causedBy(message, governanceActor), causationId: left.id };
      this.requests.cancel(work, open.get(left.data.identityId) ?? [], cause, at);
      open.delete(left.data.identityId);
    }
    this.missing.watch(
      work,
      batch.map(({ body }) => crowd.get(identityIdOf(body.person))),
      at,
    );
  }

  private record(
    message: HrMessage,
    crowd: Crowd,
    catalog: CatalogSnapshot,
    work: Work,
    at: string,
  ): readonly RecordedIdentity[] {
    const { person: personId, worker, employed, onLeave, attributes } = message.body;
    const id = identityIdOf(personId);
    const statement = { event: message.id, type: message.type, at: message.time };
    const stated = { identityId: id, workerId: worker, employed, onLeave, attributes, at: message.time, statement };
    const around = {
      holderOf: (number: string) => crowd.holderOf(number),
      isTaken: (name: string) => crowd.isTaken(name, id),
    };
    const person = crowd.get(id);
    const events = recordEmployment(stated, around, person.identity.state);
    const facts = this.change(person, events, causedBy(message, message.actor), { crowd, catalog, work, at });
    const now = crowd.get(id).identity.state;
    if (facts.length > 0 && now.status !== 'absent') {
      for (const waiting of crowd.waitingFor(liveNumbersOf(now))) {
        const report = crowd.get(waiting);
        const known = resolveManager(id, report.identity.state);
        this.change(
          report,
          known,
          { ...causedBy(message, governanceActor), causationId: facts.at(-1)?.id ?? message.id },
          { crowd, catalog, work, at },
        );
      }
    }
    return facts;
  }

  /** Stages an identity's facts and everything that follows from them. */
  private change(
    person: Person,
    events: readonly IdentityEvent[],
    cause: Cause,
    { crowd, catalog, work, at }: { crowd: Crowd; catalog: CatalogSnapshot; work: Work; at: string },
  ): readonly RecordedIdentity[] {
    if (events.length === 0) return [];
    this.people.decide(work, person);
    const { facts, id, state, version } = this.identities.stage(work, person.identity, events, cause);
    const because = { ...cause, actor: governanceActor, causationId: facts.at(-1)?.id ?? cause.causationId };
    crowd.put(this.settle.settle(work, { ...person, identity: { id, state, version } }, catalog, because, at));
    return facts;
  }
}

type RecordedIdentity = ReturnType<Identities['stage']>['facts'][number];
