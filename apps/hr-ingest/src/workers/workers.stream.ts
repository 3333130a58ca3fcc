import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import type { WorkerEvent } from './worker.events.js';
import { isWorker, worker, type Worker } from './worker.js';
import { workerRows } from './worker-rows.projection.js';

/** Writes all facts of workers. */
@Injectable()
export class Workers extends EventStream<Worker, WorkerEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'worker', fold: worker, isState: isWorker, readModels: [workerRows] });
  }
}
