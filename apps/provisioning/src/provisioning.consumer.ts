import { Injectable, type OnModuleInit } from '@nestjs/common';
import { applicationDefined, type ApplicationMessage } from '#libs/contracts/catalog.js';
import { desiredAccessChanged, type DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { groupOfConnector, groups } from '#libs/contracts/groups.js';
import { typesOn } from '#libs/contracts/registry.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ofTypes } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { desiredChannel, writeDesired } from './accounts/desired-work.store.js';
import { writeApplications } from './connectors/application-rows.store.js';

/**
 * Keeps the newest desired access of everybody in every application, and which application names which connector. Both
 * are state: late, repeated or disordered messages change nothing.
 */
@Injectable()
export class ProvisioningConsumer implements OnModuleInit {
  constructor(
    private readonly bus: EventBus,
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
  ) {}

  onModuleInit(): void {
    const { connectorIds } = this.settings;
    const [only] = connectorIds;
    this.bus.subscribe({
      // The tables are shared: the process that reads a message stores it for every connector.
      group: only === undefined || connectorIds.length > 1 ? groups.provisioning : groupOfConnector(only),
      topics: [topics.desiredAccess, topics.catalog],
      types: typesOn(topics.desiredAccess, topics.catalog),
      inbox: 'none',
      urgent: true,
      handle: (batch, work) => this.handle(batch, work),
    });
  }

  handle(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const desired = ofTypes<DesiredAccessMessage>(batch, desiredAccessChanged);
    const applications = ofTypes<ApplicationMessage>(batch, applicationDefined);
    writeDesired(work, desired, this.clock.now());
    writeApplications(work, applications);
    if (desired.length > 0 || applications.length > 0) work.onCommitted(() => this.db.notifier.notify(desiredChannel));
    return Promise.resolve();
  }
}
