import { identitiesFed } from '#libs/auth/identity-directory.store.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { Brake1764600100000, BrakeTurns1764900000000 } from './brake/brake.migrations.js';
import { holdFacts } from './holds/hold.events.js';
import { holdGauges } from './holds/hold-gauges.query.js';
import { holdPublished, isHold } from './holds/hold.published.js';
import { Holds1764600200000, HoldsOfWorker1764900100000 } from './holds/holds.migrations.js';
import { HrIngestModule } from './hr-ingest.module.js';
import { ImportHolding1764600300000 } from './imports/holding.migrations.js';
import { Imports1764000110000 } from './imports/imports.migrations.js';
import { workerFacts, type WorkerEvent } from './workers/worker.events.js';
import { workerPublished } from './workers/worker.published.js';
import {
  WorkerKeys1764600000000,
  Workers1764000100000,
  WorkerFold1765000000000,
  WorkerStatistics1766500005000,
} from './workers/workers.migrations.js';

/** Compares HR's statements with the known state and records one fact for each difference. */
export const hrIngest: ServiceDefinition = {
  name: 'hr',
  prefix: 'hr',
  module: HrIngestModule,
  migrations: [
    Workers1764000100000,
    Imports1764000110000,
    WorkerKeys1764600000000,
    Brake1764600100000,
    Holds1764600200000,
    ImportHolding1764600300000,
    BrakeTurns1764900000000,
    HoldsOfWorker1764900100000,
    WorkerFold1765000000000,
    WorkerStatistics1766500005000,
  ],
  // The service stores no other facts; `facts` below says so to the kit, which refuses others.
  published: (fact) => (isHold(fact) ? holdPublished(fact) : workerPublished(fact as RecordedFact<WorkerEvent>)),
  messageFed: { access_rule: 'have it restated by hub republish governance --from TIME', ...identitiesFed },
  facts: [...workerFacts, ...holdFacts],
  operator: 'hr-operator',
  gauges: holdGauges,
};
