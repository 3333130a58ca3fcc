import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { Database } from '#libs/event-store/database.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { OwnedDirectory } from '#libs/service-kit/settings/owned-directory.js';
import { Adoption } from './adoption.process.js';
import { CheckedFilter } from './checked-filter.query.js';
import { CheckRows } from './check-rows.query.js';
import { LogCheck } from './log-check.process.js';
import { CheckpointRecord } from './checkpoint-record.store.js';
import { Checkpoints } from './checkpoints.store.js';
import { KnownNames } from './known-names.query.js';
import { LeafParts } from './leaf-parts.store.js';
import { EntryViews, GetEntryHandler, ListEntriesHandler } from './list-entries.query.js';
import { LogKeys } from './log-key.store.js';
import { LogController } from './log.controller.js';
import { MessagesConsumer } from './messages.consumer.js';
import { People } from './people.query.js';
import { ProveConsistencyHandler, ProveInclusionHandler } from './read-proofs.query.js';
import { SequencerLease } from './sequencer-lease.process.js';
import { Titles } from './titles.query.js';
import { WholeLog } from './whole-log.query.js';
import { witnessesOf } from './witness.process.js';
import { Sequencer } from './sequencer.process.js';

/** Every event is one leaf of a tree whose root is signed. */
@Module({
  imports: [CqrsModule],
  controllers: [LogController],
  providers: [
    MessagesConsumer,
    Sequencer,
    {
      provide: SequencerLease,
      // The embedded database has no other process, so the former holder of the lease has ended.
      useFactory: (db: Database, settings: ServiceSettings) =>
        new SequencerLease(db, settings.DATABASE_URL === undefined),
      inject: [Database, ServiceSettings],
    },
    LeafParts,
    LogKeys,
    {
      provide: Adoption,
      useFactory: (db: Database, bus: EventBus, { HUB_DATA_DIR: dir, AUDIT_ADOPTION: order }: ServiceSettings) =>
        new Adoption(db, bus, dir, order),
      inject: [Database, EventBus, ServiceSettings],
    },
    {
      provide: CheckpointRecord,
      useFactory: (db: Database, adoption: Adoption, owned: OwnedDirectory, settings: ServiceSettings) =>
        new CheckpointRecord(db, adoption, witnessesOf(owned, settings), owned.path ?? settings.HUB_DATA_DIR),
      inject: [Database, Adoption, OwnedDirectory, ServiceSettings],
    },
    Checkpoints,
    CheckRows,
    LogCheck,
    WholeLog,
    KnownNames,
    People,
    Titles,
    EntryViews,
    CheckedFilter,
    ListEntriesHandler,
    GetEntryHandler,
    ProveInclusionHandler,
    ProveConsistencyHandler,
  ],
  exports: [LeafParts, LogKeys, Checkpoints, KnownNames, People, Titles],
})
export class LogModule implements OnApplicationShutdown {
  constructor(@Inject(SequencerLease) private readonly lease: SequencerLease) {}

  /** Releases the lease, so that the next process does not wait. */
  async onApplicationShutdown(): Promise<void> {
    await this.lease.release();
  }
}
