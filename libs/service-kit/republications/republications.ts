import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput } from '#libs/problems/problem.js';
import type { RepublicationInput, RepublicationView } from './republications.dto.js';

/** Consumers forget an idle stream after 14 days: older messages would count as new. */
const longestMs = 13 * 24 * 60 * 60 * 1_000;

/** Publishes a service's facts again when an operator asks for it. */
@Injectable()
export class Republications {
  private readonly logger = new Logger('republications');

  constructor(
    private readonly bus: EventBus,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** @throws InvalidInput for an instant to come or too long ago, and for a resumption without its topic */
  async start(given: RepublicationInput, caller: Caller): Promise<RepublicationView> {
    const [from, now] = [new Date(given.from), Date.parse(this.clock.now())];
    const { for: id, topic } = given;
    if ((id === undefined) !== (topic === undefined))
      throw new InvalidInput([
        { pointer: id === undefined ? '/for' : '/topic', detail: 'is missing: `for` and `topic` go together' },
      ]);
    if (from.getTime() > now) throw invalid('is in the future: give the instant from which messages were lost');
    if (id === undefined && from.getTime() < now - longestMs)
      throw invalid('is more than 13 days ago: consumers have forgotten these messages and would treat them as new');
    if (id === undefined || topic === undefined) await this.bus.republish(from.toISOString());
    else await this.bus.republishFor({ id, topic, from: from.toISOString() });
    this.logger.warn({ message: 'publishes again', from: from.toISOString(), for: id, actor: caller.actor });
    return { service: this.store.db.schema, from: from.toISOString() };
  }
}

const invalid = (detail: string): InvalidInput => new InvalidInput([{ pointer: '/from', detail }]);
