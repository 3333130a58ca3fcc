import { Module } from '@nestjs/common';
import { HoldsModule } from './holds/holds.module.js';
import { ImportModule } from './imports/import.module.js';
import { NotServedYetController } from './not-served-yet.controller.js';
import { WorkerModule } from './workers/worker.module.js';

@Module({ imports: [WorkerModule, ImportModule, HoldsModule], controllers: [NotServedYetController] })
export class HrIngestModule {}
