import {
  constant,
  count,
  flag,
  instant,
  firstOf,
  list,
  named,
  nullable,
  object,
  onlyOf,
  oneOf,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { connectorExample, connectorFields } from './connectors.answers.js';
import type { PreviewedConnectorDryRun, TouchedAccount } from './foresee-connector.query.js';
import type { DefinedConnectorView } from './connectors.query.js';
import type { CountedChange, ImpactJobView } from './impact-jobs.store.js';

const job = '01a20d55-2a11-7000-8000-00000000000b';
const counts = { checked: count, gains: count, loses: count, changes: count, fails: count };
const someCounts = { checked: 200, gains: 0, loses: 12, changes: 0, fails: 0 };

export const impactJobAnswer = named(
  'ProvisioningJob',
  object<ImpactJobView>({
    id: uuid,
    status: oneOf('running', 'completed'),
    change: object<CountedChange>({ connector: text, version: count }),
    startedAt: instant,
    finishedAt: nullable(instant),
    touched: count,
    ...counts,
  }),
  {
    id: job,
    status: 'completed',
    change: { connector: 'wiki', version: 2 },
    startedAt: '2026-03-02T09:00:00.000Z',
    finishedAt: '2026-03-02T09:00:01.000Z',
    touched: 12,
    ...someCounts,
  },
);

const definedAnswer = named(
  'DefinedConnector',
  object<DefinedConnectorView>({ ...connectorFields, job: nullable(uuid) }),
  { ...connectorExample, job },
);

const dryRunAnswer = named(
  'ConnectorDryRun',
  object<PreviewedConnectorDryRun>({
    dryRun: constant(true),
    version: count,
    touched: count,
    needsConfirmation: flag,
    missingFields: list(text),
    ...counts,
    people: list(
      object<TouchedAccount>({
        identity: uuid,
        application: text,
        userName: nullable(text),
        effect: oneOf('gains', 'loses', 'changes', 'fails'),
        targets: list(text),
        detail: nullable(text),
      }),
    ),
    more: count,
    preview: nullable(uuid),
  }),
  {
    dryRun: true,
    version: 1,
    touched: 12,
    needsConfirmation: true,
    missingFields: [],
    ...someCounts,
    people: [
      {
        identity: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
        application: 'wiki',
        userName: 'ada@corp.example',
        effect: 'loses',
        targets: [],
        detail: null,
      },
    ],
    more: 11,
    preview: '0190a2c4-5f3a-7000-8000-000000000002',
  },
);

/** The answer to a change: the connector, or with dryRun the people whom the change would affect. */
export const changedConnectorAnswer = firstOf(definedAnswer, dryRunAnswer);
/** The answer to a creation, which is never a dry run. */
export const madeConnectorAnswer: typeof changedConnectorAnswer = onlyOf(definedAnswer);
