import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { WorkerMessage } from '#libs/contracts/hr-lifecycle.js';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { groups } from '#libs/contracts/groups.js';
import { typesOn } from '#libs/contracts/registry.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { onTopic } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { FindAccesses } from './assignments/find-accesses.query.js';
import { ConnectorMessages } from './connector-messages.consumer.js';
import { FollowPeople } from './follow-people.process.js';
import { makesIdentity } from './identities/begun-employment.js';
import { IdentityConsumers } from './identities/pulled-attributes.consumer.js';
import { People } from './people/people.query.js';
import { ResultMessages } from './result-messages.consumer.js';

/**
 * Reads all messages of the service: loads what a batch needs of its people at once and gives each topic to its feature. Three or
 * four reads and one write for a batch of any size.
 */
@Injectable()
export class GovernanceConsumer implements OnModuleInit {
  constructor(
    private readonly bus: EventBus,
    private readonly people: People,
    private readonly identities: IdentityConsumers,
    private readonly following: FollowPeople,
    private readonly results: ResultMessages,
    private readonly accesses: FindAccesses,
    private readonly ofConnectors: ConnectorMessages,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe({
      group: groups.governance,
      topics: [topics.lifecycle, topics.connectors],
      types: typesOn(topics.lifecycle, topics.connectors),
      urgent: true,
      handle: (batch, work) => this.handle(batch, work),
    });
    // HR messages go before results, so that joiners do not wait. One page of many results is enough.
    this.bus.subscribe({
      group: groups.governanceResults,
      topics: [topics.results],
      types: typesOn(topics.results),
      maxBatch: 200,
      lingerMs: 50,
      handle: (batch, work) => this.handle(batch, work),
    });
  }

  async handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const lifecycle = onTopic<WorkerMessage>(batch, topics.lifecycle);
    // A person whose employment has not started is no identity yet: only the log records the HR statement.
    const hr = lifecycle.filter(makesIdentity);
    const results = batch.filter(({ topic }) => topic === topics.results) as PublicMessage<ResultMessage>[];
    if (hr.length > 0 || results.length > 0) await this.concerningPeople(hr, results, work);
    await this.ofConnectors.handle(
      batch.filter(({ topic }) => topic === topics.connectors),
      work,
    );
    crashPoint('governance.before-commit');
  }

  private async concerningPeople(
    hr: readonly PublicMessage<WorkerMessage>[],
    results: readonly PublicMessage<ResultMessage>[],
    work: Work,
  ): Promise<void> {
    const wanted = this.identities.lifecycle.wanted(hr);
    const pulled = this.identities.pulled.of(results);
    const found = this.results.found.of(results);
    const answered = this.results.delivered.wanted(results).ids;
    if (hr.length === 0 && pulled.length === 0 && found.length === 0) {
      // An answer of an application concerns what the person holds, and nothing else of them.
      if (answered.length > 0) this.results.delivered.handle(results, await this.accesses.of(answered), work);
      return;
    }
    const ofResults = [...pulled, ...found].map(({ body }) => body.identity);
    const ids = [...wanted.ids, ...answered, ...ofResults];
    const { catalog, batch } = await this.people.today({ ...wanted, ids });
    if (hr.length > 0) {
      const steps = this.identities.lifecycle.handle(hr, batch, catalog, work);
      await this.following.follow(work, steps, this.clock.now());
      // A rule that is defined at the same time could miss a joiner: then both are decided again, one after the other.
      this.people.guard(work, catalog);
    }
    if (pulled.length > 0) {
      this.identities.pulled.handle(pulled, batch, catalog, work);
      this.people.guard(work, catalog);
    }
    if (found.length > 0) {
      this.results.found.handle(found, batch, catalog, work);
      this.people.guard(work, catalog);
    }
    this.results.delivered.handle(results, new Map(answered.map((id) => [id, batch.get(id).access])), work);
  }
}
