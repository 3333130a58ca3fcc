import { Injectable } from '@nestjs/common';
import type { PublicMessage } from '#libs/event-bus/message.js';
import type { Work } from '#libs/event-store/work.js';
import { ConnectorSources } from './catalog/connector-sources.store.js';
import { KnownEntitlements } from './catalog/known-entitlements.store.js';
import { RestatementConsumer } from './desired-access/restatement.consumer.js';

/** What connectors say: they ask for desired access again, and tell what of people they read, and what their applications have to grant. */
@Injectable()
export class ConnectorMessages {
  constructor(
    private readonly restatement: RestatementConsumer,
    private readonly entitlements: KnownEntitlements,
    private readonly sources: ConnectorSources,
  ) {}

  async handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    this.restatement.handle(batch, work);
    this.entitlements.handle(batch, work);
    await this.sources.handle(batch, work);
  }
}
