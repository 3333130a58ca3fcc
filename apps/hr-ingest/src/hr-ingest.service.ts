import type { RecordedFact } from '#libs/event-store/core.js';
import type { ServiceDefinition } from '#libs/service-kit/service-definition.js';
import { HrIngestModule } from './hr-ingest.module.js';
import { Imports1764000110000 } from './imports/imports.migrations.js';
import { workerFacts, type WorkerEvent } from './workers/worker.events.js';
import { workerPublished } from './workers/worker.published.js';
import { WorkerKeys1764600000000, Workers1764000100000 } from './workers/workers.migrations.js';

/** HR's statements in, one fact for each difference out. */
export const hrIngest: ServiceDefinition = {
  name: 'hr',
  prefix: 'hr',
  module: HrIngestModule,
  migrations: [Workers1764000100000, Imports1764000110000, WorkerKeys1764600000000],
  // The service stores facts about workers only; `facts` below says so to the kit, which refuses others.
  published: (fact) => workerPublished(fact as RecordedFact<WorkerEvent>),
  facts: workerFacts,
  operator: 'hr-operator',
};
