import { audit } from '#apps/audit/src/audit.service.js';
import { governance } from '#apps/governance/src/governance.service.js';
import { hrIngest } from '#apps/hr-ingest/src/hr-ingest.service.js';
import { provisioning } from '#apps/provisioning/src/provisioning.service.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';

/** What the hub is made of. */
export const services: readonly ServiceDefinition[] = [hrIngest, governance, provisioning, audit];
