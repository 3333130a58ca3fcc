import { Injectable, type OnModuleInit } from '@nestjs/common';
import { birthrightRuleDefined, type BirthrightRuleMessage } from '#libs/contracts/catalog.js';
import { groups } from '#libs/contracts/groups.js';
import { typesOn } from '#libs/contracts/registry.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ofTypes } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import type { Work } from '#libs/event-store/work.js';
import { writeAccessRules } from './access-rules.store.js';

/** Keeps the rules that give packages, so that the hub can tell which change of an attribute takes access away. */
@Injectable()
export class AccessRulesConsumer implements OnModuleInit {
  constructor(private readonly bus: EventBus) {}

  onModuleInit(): void {
    this.bus.subscribe({
      group: groups.hr,
      topics: [topics.catalog],
      types: typesOn(topics.catalog),
      handle: (batch, work) => this.handle(batch, work),
    });
  }

  handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    // Applications and packages are on the topic, too.
    const defined = ofTypes<BirthrightRuleMessage>(batch, birthrightRuleDefined);
    if (defined.length === 0) return Promise.resolve();
    const rules = newestOf(defined, ({ subject }) => subject).map(({ body: { rule, filter, packages } }) => ({
      id: rule,
      filter,
      packages,
    }));
    writeAccessRules(work, rules);
    return Promise.resolve();
  }
}
