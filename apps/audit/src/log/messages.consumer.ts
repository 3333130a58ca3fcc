import { Injectable, type OnModuleInit } from '@nestjs/common';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { Work } from '#libs/event-store/work.js';
import { Checkpoints } from './checkpoints.js';
import { Sequencer } from './sequencer.js';

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
      group: 'audit',
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
