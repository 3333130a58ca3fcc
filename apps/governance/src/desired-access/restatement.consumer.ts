import { Injectable, type OnModuleInit } from '@nestjs/common';
import { connectorStateRequested, type ConnectorStateRequestedMessage } from '#libs/contracts/connectors.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ofTypes } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { DesiredAccesses } from './desired-accesses.stream.js';
import { newestMessages } from './newest-messages.query.js';
import { Restatements } from './restatements.stream.js';

/** Timer of a requested restatement; its key is the application. */
const restatement = 'restatement';
/** Maximum of messages that are published at once. */
const pageSize = 500;

interface Asked {
  readonly connector: string;
  readonly correlationId: string;
  readonly causationId: string;
}

const isAsked = hasShape<Asked>({ connector: 'text', correlationId: 'text', causationId: 'text' });

/**
 * A connector that requests its state gets each identity's newest message again, unchanged, then the end mark. A timer
 * connects the request and the restatement, so that a crash between them repeats the restatement.
 */
@Injectable()
export class RestatementConsumer implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
    private readonly timers: Timers,
    private readonly clock: Clock,
    private readonly restatements: Restatements,
    private readonly desired: DesiredAccesses,
  ) {}

  onModuleInit(): void {
    this.timers.handle(restatement, (due, work) => this.fire(due, work));
  }

  handle(batch: readonly PublicMessage[], work: Work): void {
    for (const message of ofTypes<ConnectorStateRequestedMessage>(batch, connectorStateRequested)) {
      const { connector, applications } = message.body;
      const { correlationId, id: causationId } = message;
      const payload: Asked = { connector, correlationId, causationId };
      for (const key of applications)
        this.timers.at(work, { kind: restatement, key, dueAt: this.clock.now(), payload });
    }
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    const loaded = await this.restatements.loadMany(due.map(({ key }) => key));
    for (const { key: application, payload } of due) {
      const asked = parsed<Asked>(`the restatement of ${application}`, isAsked, payload);
      const { connector, correlationId, causationId } = asked;
      const count = await this.publishAll(application);
      const before = loaded.get(application);
      if (before === undefined) continue;
      const fact = { type: 'DesiredAccessRestated', v: 1, data: { application, connector, count } } as const;
      this.restatements.stage(work, before, [fact], { actor: 'service/governance', correlationId, causationId });
    }
  }

  private async publishAll(application: string): Promise<number> {
    let after = firstUuid;
    let count = 0;
    for (;;) {
      const rows = await newestMessages(this.db, application, after, pageSize);
      const last = rows.at(-1);
      if (last === undefined) return count;
      const messages = await this.desired.messagesOfRows(rows);
      await this.bus.publish(messages.map(({ message }) => message));
      count += rows.length;
      after = last.identity_id;
    }
  }
}
