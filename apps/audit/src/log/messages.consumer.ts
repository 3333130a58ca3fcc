import { Injectable, type OnModuleInit } from '@nestjs/common';
import { groups } from '#libs/contracts/groups.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { Work } from '#libs/event-store/work.js';
import { Checkpoints } from './checkpoints.store.js';
import { Sequencer } from './sequencer.process.js';

/** Writes every message of every topic into the log once. A message that cannot be stored gets a substitute. */
@Injectable()
export class MessagesConsumer implements OnModuleInit {
  constructor(
    private readonly bus: EventBus,
    private readonly sequencer: Sequencer,
    private readonly checkpoints: Checkpoints,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe({
      group: groups.audit,
      topics: Object.values(topics),
      inbox: 'none',
      lingerMs: 50,
      maxBatch: 200,
      handle: async (batch, work) => this.grown(await this.sequencer.append(batch, work), work),
      substitute: async (message, reason, work) =>
        this.grown(await this.sequencer.substitute(message, reason, work), work),
    });
  }

  private grown(leaves: number, work: Work): void {
    if (leaves > 0) work.onCommitted(() => this.checkpoints.grown());
  }
}
