import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AccessModule } from '../access/access.exports.js';
import { LogModule } from '../log/log.exports.js';
import { EvidencePacks } from './evidence-packs.query.js';
import { ExportJobs } from './export-job.store.js';
import { ExportRuns } from './export-runs.consumer.js';
import { ExportsController } from './exports.controller.js';
import { PackContents } from './pack-contents.query.js';
import { StartExportHandler } from './start-export.command.js';

/** Evidence packs: with proofs for a signed checkpoint. They can be verified without the hub. */
@Module({
  imports: [CqrsModule, LogModule, AccessModule],
  controllers: [ExportsController],
  providers: [StartExportHandler, ExportRuns, ExportJobs, PackContents, EvidencePacks],
})
export class ExportModule {}
