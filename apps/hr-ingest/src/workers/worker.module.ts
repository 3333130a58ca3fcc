import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BrakeModule } from '../brake/brake.exports.js';
import { HoldsModule } from '../holds/holds.exports.js';
import { ForecastWorkersHandler } from './forecast-workers.query.js';
import { GetWorkerHandler, ListWorkersHandler } from './find-workers.query.js';
import { KeyCollisionsController } from './key-collisions.controller.js';
import { ListKeyCollisionsHandler } from './key-collisions.query.js';
import { RecordWorkerHandler } from './record-worker.command.js';
import { RecordWorkersHandler } from './record-workers.command.js';
import { WorkerDays } from './worker-days.consumer.js';
import { WorkerLookup } from './worker-lookup.query.js';
import { WorkersController } from './workers.controller.js';
import { Workers } from './workers.stream.js';

/** What HR states about workers, and what follows from their dates. Reads top to bottom: facts, commands, days, queries. */
@Module({
  imports: [CqrsModule, BrakeModule, HoldsModule],
  controllers: [WorkersController, KeyCollisionsController],
  providers: [
    Workers,
    RecordWorkersHandler,
    RecordWorkerHandler,
    ForecastWorkersHandler,
    WorkerDays,
    WorkerLookup,
    GetWorkerHandler,
    ListKeyCollisionsHandler,
    ListWorkersHandler,
  ],
})
export class WorkerModule {}
