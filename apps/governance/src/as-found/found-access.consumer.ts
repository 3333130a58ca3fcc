import { Injectable } from '@nestjs/common';
import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causationFrom } from '#libs/event-bus/message-of.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Accesses, type FoundAccess, foundChanges, goneAfter } from '../assignments/assignments.exports.js';
import { governanceActor, People, type PersonBatch, Recomputation } from '../people/people.exports.js';
import { type CatalogSnapshot, later } from '../policy/policy.exports.js';

type Observed = PublicMessage<AccessObservedMessage>;

/** How long somebody has to say whether what was found stays. */
const certifyWithin = 'P90D';

/** Reads what complete readings showed of people: what nobody gave through the hub becomes assignments with the cause as-found. */
@Injectable()
export class FoundAccessConsumer {
  constructor(
    private readonly people: People,
    private readonly accesses: Accesses,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  /** The messages of a batch that are for this consumer. */
  of(batch: readonly PublicMessage[]): readonly Observed[] {
    return batch.filter(({ type }) => type === accessObserved) as Observed[];
  }

  handle(messages: readonly Observed[], batch: PersonBatch, catalog: CatalogSnapshot, work: Work): void {
    const at = this.clock.now();
    for (const message of messages) {
      const { identity } = message.body;
      const person = batch.get(identity);
      if (person.identity.state.status === 'absent') continue;
      const causation = causationFrom(message, governanceActor);
      const gone = goneAfter(message.body, person.access.state);
      if (gone.length > 0) this.people.decide(work, person);
      const { id, state, version } = this.accesses.stage(work, person.access, gone, causation);
      const terms = { identityId: identity, newId: uuidv7, certifyBy: later(at, certifyWithin) };
      const asked = foundChanges(foundIn(message.body), terms, state);
      const after = { ...person, access: { id, state, version } };
      batch.put(this.recomputation.stage(work, after, { catalog, causation, at, asked }).person);
    }
  }
}

/** What the hub gave has its grounds; what was given beside it after it took over is drift. */
function foundIn(body: AccessObservedMessage): FoundAccess {
  return { ...body, entitlements: body.entitlements.filter(({ origin }) => origin === 'as-found') };
}
