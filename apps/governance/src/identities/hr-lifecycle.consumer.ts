import { Injectable } from '@nestjs/common';
import type { WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causationFrom } from '#libs/event-bus/message-of.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { canonicalKey } from '#libs/text/text.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { governanceActor, type PersonBatch, type Wanted } from '../people/people.exports.js';
import { MissingManagers } from './missing-managers.process.js';
import { liveNumbersOf, recordEmployment, resolveManager } from './identity.js';
import type { IdentityStep } from './identity-step.js';
import { UserNames } from './user-names.process.js';

type HrMessage = PublicMessage<WorkerMessage>;

/** One person has one identity, whose id follows from HR's. */
export const identityIdOf = (personId: string): string => uuidv5(personId);

/** Reads HR's messages; writes identities, assignments by rules and desired access in one work. */
@Injectable()
export class HrLifecycleConsumer {
  constructor(
    private readonly missing: MissingManagers,
    private readonly names: UserNames,
    private readonly clock: Clock,
  ) {}

  /** All people whom these messages may concern. */
  wanted(messages: readonly HrMessage[]): Wanted {
    const bodies = messages.map(({ body }) => body);
    const ids = bodies.map(({ person }) => identityIdOf(person));
    return {
      ids,
      numbers: bodies.flatMap(({ attributes: { managerId } }) =>
        managerId === undefined ? [] : canonicalKey(managerId),
      ),
      managersExpected: bodies
        .filter(({ employed }) => employed)
        .map(({ attributes }) => canonicalKey(attributes.employeeId)),
      namesOf: ids.filter((_, index) => messages[index]?.type !== 'hub.hr.worker.hired.v1'),
      userNames: bodies.flatMap(({ attributes: { email } }) => (email === undefined ? [] : [email])),
      stated: bodies.map(({ employed, attributes }, index) => ({ id: ids[index] ?? '', employed, attributes })),
    };
  }

  /** Stages what these messages say of identities, and returns it for what follows elsewhere. */
  handle(
    messages: readonly HrMessage[],
    batch: PersonBatch,
    catalog: CatalogSnapshot,
    work: Work,
  ): readonly IdentityStep[] {
    const at = this.clock.now();
    const steps = messages.flatMap((message) => this.record(message, batch, catalog, work, at));
    const people = messages.map(({ body }) => batch.get(identityIdOf(body.person)));
    this.missing.watch(work, people, at);
    this.names.watch(work, people, at);
    return steps;
  }

  private record(
    message: HrMessage,
    batch: PersonBatch,
    catalog: CatalogSnapshot,
    work: Work,
    at: string,
  ): IdentityStep[] {
    const { person: personId, worker, employed, onLeave, attributes } = message.body;
    const id = identityIdOf(personId);
    const statement = { event: message.id, type: message.type, at: message.time };
    const stated = { identityId: id, workerId: worker, employed, onLeave, attributes, at: message.time, statement };
    const around = {
      holderOf: (number: string) => batch.holderOf(number),
      names: batch.namesOfOthers(id),
    };
    const surrounding = { batch, catalog, work, at };
    const person = batch.get(id);
    const events = recordEmployment(stated, around, person.identity.state);
    const facts = this.names.change(person, events, causationFrom(message, message.actor), surrounding);
    const now = batch.get(id).identity.state;
    if (facts.length === 0 || now.status === 'absent') return [];
    const because = causationFrom(message, governanceActor);
    const causation = { ...because, causationId: facts.at(-1)?.id ?? message.id };
    const steps = [{ identityId: id, before: person.identity.state, now, causation }];
    for (const waiting of batch.waitingFor(liveNumbersOf(now))) {
      const report = batch.get(waiting);
      const before = report.identity.state;
      this.names.change(report, resolveManager(id, before), causation, surrounding);
      const after = batch.get(waiting).identity.state;
      if (after.status !== 'absent') steps.push({ identityId: waiting, before, now: after, causation });
    }
    return steps;
  }
}
