import { Module } from '@nestjs/common';
import { ImportModule } from './imports/import.module.js';
import { WorkerModule } from './workers/worker.module.js';

@Module({ imports: [WorkerModule, ImportModule] })
export class HrIngestModule {}
