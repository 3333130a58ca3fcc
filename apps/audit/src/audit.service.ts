import { identitiesFed } from '#libs/auth/identity-directory.store.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { AuditModule } from './audit.module.js';
import { Checkpoints } from './log/checkpoints.store.js';
import { LogCheck, describeDamage } from './log/log-check.process.js';
import { ExportJob1764000101000 } from './exports/exports.migrations.js';
import { parkedFindings, logGauges } from './log/parked-entries.query.js';
import {
  CheckpointLinks1764900003000,
  LeafApplication1764600000000,
  LeafStatistics1766500001000,
  Log1764000100000,
} from './log/log.migrations.js';

/**
 * Who got what, when and why, with proofs. The service reads every topic. It stores no facts except those of
 * service-kit.
 */
export const audit: ServiceDefinition = {
  name: 'audit',
  prefix: 'audit',
  module: AuditModule,
  migrations: [
    Log1764000100000,
    ExportJob1764000101000,
    LeafApplication1764600000000,
    CheckpointLinks1764900003000,
    LeafStatistics1766500001000,
  ],
  published: () => [],
  messageFed: { ...identitiesFed },
  facts: [],
  operator: 'security',
  findings: async (db, part) => [
    ...(await parkedFindings(db)),
    ...unsignedFindings(part(Checkpoints)),
    ...damageFindings(part(LogCheck)),
  ],
  gauges: logGauges,
};

const unsignedFindings = (checkpoints: Checkpoints): string[] => {
  const why = checkpoints.unsigned();
  return why === null ? [] : [why];
};

const damageFindings = (check: LogCheck): string[] => {
  const damage = check.damage();
  return damage === null ? [] : [describeDamage(damage)];
};
