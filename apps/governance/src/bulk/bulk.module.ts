import { Module } from '@nestjs/common';
import { BulkChangesController } from './bulk-changes.controller.js';
import {
  DownloadBulkRowsHandler,
  GetBulkChangeHandler,
  ListBulkChangesHandler,
  ListBulkRowsHandler,
} from './bulk-changes.query.js';
import { BulkChanges } from './bulk-changes.store.js';
import { BulkJob } from './bulk-job.process.js';
import { BulkPeople } from './bulk-people.query.js';
import { ApplyBulkHandler, CancelBulkHandler, StartBulkHandler } from './start-bulk.command.js';

/** Packages assigned, revoked and extended for many people at once. */
@Module({
  controllers: [BulkChangesController],
  providers: [
    BulkChanges,
    BulkPeople,
    BulkJob,
    StartBulkHandler,
    ApplyBulkHandler,
    CancelBulkHandler,
    GetBulkChangeHandler,
    ListBulkChangesHandler,
    ListBulkRowsHandler,
    DownloadBulkRowsHandler,
  ],
})
export class BulkModule {}
