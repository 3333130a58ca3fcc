import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CancelImportHandler } from './cancel-import.command.js';
import { BrakeModule } from '../brake/brake.exports.js';
import { HoldsModule } from '../holds/holds.exports.js';
import { CountImportHandler } from './count-import.command.js';
import { ReleaseImportHandler } from './decide-import.command.js';
import { ImportCounts } from './import-counts.consumer.js';
import { EndMissingHandler } from './end-missing.command.js';
import { MissingController } from './missing.controller.js';
import { MissingWorkers } from './missing-workers.store.js';
import { CountedImports } from './counted-imports.store.js';
import { ImportChunks } from './import-chunk.store.js';
import { ImportPieces } from './import-pieces.store.js';
import { ImportPace } from './import-pace.process.js';
import { ImportRuns } from './import-runs.consumer.js';
import { ImportSettings, importSettings } from './import.config.js';
import { ImportsController } from './imports.controller.js';
import { GetMissingHandler, ListMissingHandler } from './read-missing.query.js';
import { GetImportHandler, ListImportsHandler } from './read-imports.query.js';
import { ReceiveImportHandler } from './receive-import.command.js';

/** Files of workers: received whole, applied in pieces, with progress. */
@Module({
  imports: [CqrsModule, BrakeModule, HoldsModule],
  controllers: [ImportsController, MissingController],
  providers: [
    ImportPieces,
    ImportChunks,
    CountedImports,
    ReceiveImportHandler,
    MissingWorkers,
    GetMissingHandler,
    ListMissingHandler,
    EndMissingHandler,
    CountImportHandler,
    ImportCounts,
    ReleaseImportHandler,
    ImportRuns,
    CancelImportHandler,
    GetImportHandler,
    ListImportsHandler,
    ImportPace,
    { provide: ImportSettings, useFactory: () => importSettings() },
  ],
})
export class ImportModule {}
