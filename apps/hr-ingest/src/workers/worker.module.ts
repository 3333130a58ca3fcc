import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { GetWorkerHandler, ListWorkersHandler } from './find-workers.query.js';
import { RecordWorkerHandler } from './record-worker.command.js';
import { RecordWorkersHandler } from './record-workers.command.js';
import { WorkerDays } from './worker-days.consumer.js';
import { WorkerLookup } from './worker-lookup.query.js';
import { WorkersController } from './workers.controller.js';
import { Workers } from './workers.stream.js';

/** What HR states about workers, and what their dates make of it. Reads top to bottom: facts, commands, days, queries. */
@Module({
  imports: [CqrsModule],
  controllers: [WorkersController],
  providers: [
    Workers,
    RecordWorkersHandler,
    RecordWorkerHandler,
    WorkerDays,
    WorkerLookup,
    GetWorkerHandler,
    ListWorkersHandler,
  ],
})
export class WorkerModule {}
