import { Injectable } from '@nestjs/common';
import { attributesPulled, type AttributesPulledMessage } from '#libs/contracts/provisioning-results.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { causationFrom } from '#libs/event-bus/message-of.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { governanceActor, type PersonBatch } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { HrLifecycleConsumer } from './hr-lifecycle.consumer.js';
import type { PulledAttributes } from './identity.events.js';
import { takePulled } from './identity.js';
import { UserNames } from './user-names.process.js';

type Pulled = PublicMessage<AttributesPulledMessage>;

/** Reads what applications made for people: it becomes attributes of their identities, and everything that follows. */
@Injectable()
export class PulledAttributesConsumer {
  constructor(
    private readonly names: UserNames,
    private readonly clock: Clock,
  ) {}

  /** The messages of a batch that are for this consumer. */
  of(batch: readonly PublicMessage[]): readonly Pulled[] {
    return batch.filter(({ type }) => type === attributesPulled) as Pulled[];
  }

  handle(messages: readonly Pulled[], batch: PersonBatch, catalog: CatalogSnapshot, work: Work): void {
    const at = this.clock.now();
    for (const message of messages) {
      const { identity, connector } = message.body;
      const person = batch.get(identity);
      const events = takePulled({ connector, given: givenBy(message.body) }, person.identity.state);
      this.names.change(person, events, causationFrom(message, governanceActor), { batch, catalog, work, at });
    }
  }
}

/** What identities follow from: what HR states, and what applications made. */
@Injectable()
export class IdentityConsumers {
  constructor(
    readonly lifecycle: HrLifecycleConsumer,
    readonly pulled: PulledAttributesConsumer,
  ) {}
}

function givenBy({ attributes, precedence }: AttributesPulledMessage): PulledAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { value, precedence: precedence[name] ?? 100 }]),
  );
}
