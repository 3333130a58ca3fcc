import { Injectable } from '@nestjs/common';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { Work } from '#libs/event-store/work.js';
import { KnownEntitlements } from './catalog/known-entitlements.store.js';
import { RestatementConsumer } from './desired-access/restatement.consumer.js';

/** What connectors say: they ask for desired access again, and tell what their applications have to grant. */
@Injectable()
export class ConnectorMessages {
  constructor(
    private readonly restatement: RestatementConsumer,
    private readonly entitlements: KnownEntitlements,
  ) {}

  handle(batch: readonly PublicMessage[], work: Work): void {
    this.restatement.handle(batch, work);
    this.entitlements.handle(batch, work);
  }
}
