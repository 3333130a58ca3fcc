import { Injectable } from '@nestjs/common';
import type { WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causedBy } from '#libs/event-bus/message-of.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { canonicalKey } from '#libs/text/text.js';
import type { CatalogSnapshot } from '../catalog/catalog-snapshot.js';
import type { Crowd } from '../people/crowd.js';
import type { Wanted } from '../people/people.query.js';
import { governanceActor } from '../people/settle.command.js';
import { LeaversRequests } from '../requests/leavers-requests.command.js';
import { MissingManagers } from './missing-managers.command.js';
import { liveNumbersOf, recordEmployment, resolveManager } from './identity.js';
import { userNameCandidates } from './user-name.js';
import { UserNames } from './user-names.command.js';

type HrMessage = PublicMessage<WorkerMessage>;

/** One person has one identity, whose id follows from HR's. */
export const identityIdOf = (personId: string): string => uuidv5(personId);

/** HR's statements in; identities, what rules give and take, and desired access out, in one work. */
@Injectable()
export class HrLifecycleConsumer {
  constructor(
    private readonly requests: LeaversRequests,
    private readonly missing: MissingManagers,
    private readonly names: UserNames,
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
      namesOf: bodies
        .filter((_, index) => batch[index]?.type !== 'hub.hr.worker.hired.v1')
        .map(({ person }) => identityIdOf(person)),
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
    const people = batch.map(({ body }) => crowd.get(identityIdOf(body.person)));
    this.missing.watch(work, people, at);
    this.names.watch(work, people, at);
  }

  private record(
    message: HrMessage,
    crowd: Crowd,
    catalog: CatalogSnapshot,
    work: Work,
    at: string,
  ): ReturnType<UserNames['change']> {
    const { person: personId, worker, employed, onLeave, attributes } = message.body;
    const id = identityIdOf(personId);
    const statement = { event: message.id, type: message.type, at: message.time };
    const stated = { identityId: id, workerId: worker, employed, onLeave, attributes, at: message.time, statement };
    const around = {
      holderOf: (number: string) => crowd.holderOf(number),
      names: crowd.namesBeside(id),
    };
    const person = crowd.get(id);
    const events = recordEmployment(stated, around, person.identity.state);
    const facts = this.names.change(person, events, causedBy(message, message.actor), { crowd, catalog, work, at });
    const now = crowd.get(id).identity.state;
    if (facts.length > 0 && now.status !== 'absent') {
      for (const waiting of crowd.waitingFor(liveNumbersOf(now))) {
        const report = crowd.get(waiting);
        const known = resolveManager(id, report.identity.state);
        this.names.change(
          report,
          known,
          { ...causedBy(message, governanceActor), causationId: facts.at(-1)?.id ?? message.id },
          { crowd, catalog, work, at },
        );
      }
    }
    return facts;
  }
}
