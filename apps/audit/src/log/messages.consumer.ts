import { Injectable, type OnModuleInit } from '@nestjs/common';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { Work } from '#libs/event-store/work.js';
import { Checkpoints } from './checkpoints.js';
import { Sequencer } from './sequencer.js';

/** Every message of every topic into the log; the log itself knows what it has seen. */
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
      handle: (batch, work) => this.handle(batch, work),
    });
  }

  async handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const leaves = await this.sequencer.append(batch, work);
    if (leaves > 0) work.onCommitted(() => this.checkpoints.grown());
  }
}
