import { identitiesFed } from '#libs/auth/identity-directory.store.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import { accountGauges } from './accounts/account-gauges.query.js';
import {
  AccountNames1764700001000,
  Accounts1764200001000,
  FailingSince1764200004000,
  NameHandovers1764900001000,
  LeaversStillEnabled1764200006000,
  UnverifiedRemovals1764200007000,
  AccountFold1765000001000,
  AccountIds1765200002000,
  EmployeeNumbers1767000002000,
  DeletionsDue1765200003000,
  GivenValues1766700001000,
  ManagerReferences1765200004000,
  AccountStatistics1766500002000,
  GrantedEntitlements1765100001000,
  Operations1765100000000,
} from './accounts/accounts.migrations.js';
import { observeOperations } from './accounts/operation-metrics.js';
import { connectorGauges } from './connectors/connector-gauges.query.js';
import {
  Connectors1764200000000,
  ConnectorFold1765000000000,
  ConnectorSecret1766600000000,
  ConnectorSources1767000001000,
  ImpactJobs1765200001000,
} from './connectors/connectors.migrations.js';
import { Drift1767000003000 } from './drift/drift.migrations.js';
import { exposureGauges } from './exposures/exposure-gauges.query.js';
import { Exposures1766500000000, FoundAccounts1766800004000 } from './exposures/exposures.migrations.js';
import { Groups1764200002000, RemadeGroups1764200008000, GroupFold1765000002000 } from './groups/groups.migrations.js';
import { Discovery1765200005000 } from './discovery/discovery.migrations.js';
import { writePeople } from './matching/known-people.store.js';
import { Matching1765300002000 } from './matching/matching.migrations.js';
import { PreviewPurposes1767100012000, Previews1766800005000 } from './previews/previews.migrations.js';
import { ObservedAccess1766900001000 } from './observed-access/observed-access.migrations.js';
import { Readings1765300001000, UnreadHoldings1767100011000 } from './readings/readings.migrations.js';
import { LookingAgain1764900002000, Places1764200005000 } from './places/places.migrations.js';
import {
  NoRoom1767100009000,
  Reconcile1764200003000,
  RefusedCalls1764900004000,
} from './reconcile/reconcile.migrations.js';
import { receiptGauges } from './receipts/receipt-gauges.query.js';
import { Receipts1766800001000 } from './receipts/receipts.migrations.js';
import { RemovalCauses1766800002000 } from './removals/removals.migrations.js';
import { caseGauges } from './cases/case-gauges.query.js';
import { Cases1766800003000 } from './cases/cases.migrations.js';
import { OnDemandRuns1767100021000 } from './on-demand/on-demand.migrations.js';
import { Quarantines1767100023000 } from './reconcile/refusals/quarantine.migrations.js';
import { Rehearsals1767100022000 } from './rehearsals/rehearsals.migrations.js';
import { AccountLists1766900102000 } from './lists/account-lists.migrations.js';
import { ManualTasks1766900101000 } from './tasks/tasks.migrations.js';
import { serviceName } from './service-name.js';
import { ProvisioningAloneModule, ProvisioningModule } from './provisioning.module.js';
import { provisioningFacts, publishedProvisioning } from './provisioning.published.js';

/** Makes applications match what was approved. In the hub it works for every connector. */
export const provisioning: ServiceDefinition = {
  name: serviceName,
  prefix: 'provisioning',
  module: ProvisioningModule,
  migrations: [
    Connectors1764200000000,
    Accounts1764200001000,
    Groups1764200002000,
    Reconcile1764200003000,
    FailingSince1764200004000,
    AccountNames1764700001000,
    Places1764200005000,
    LeaversStillEnabled1764200006000,
    UnverifiedRemovals1764200007000,
    RemadeGroups1764200008000,
    NameHandovers1764900001000,
    LookingAgain1764900002000,
    RefusedCalls1764900004000,
    AccountFold1765000001000,
    ConnectorFold1765000000000,
    GroupFold1765000002000,
    Operations1765100000000,
    GrantedEntitlements1765100001000,
    ImpactJobs1765200001000,
    AccountIds1765200002000,
    DeletionsDue1765200003000,
    ManagerReferences1765200004000,
    AccountStatistics1766500002000,
    Discovery1765200005000,
    Exposures1766500000000,
    Readings1765300001000,
    Matching1765300002000,
    GivenValues1766700001000,
    ConnectorSecret1766600000000,
    Receipts1766800001000,
    RemovalCauses1766800002000,
    Cases1766800003000,
    FoundAccounts1766800004000,
    Previews1766800005000,
    ObservedAccess1766900001000,
    ManualTasks1766900101000,
    ConnectorSources1767000001000,
    EmployeeNumbers1767000002000,
    AccountLists1766900102000,
    Drift1767000003000,
    NoRoom1767100009000,
    UnreadHoldings1767100011000,
    PreviewPurposes1767100012000,
    OnDemandRuns1767100021000,
    Rehearsals1767100022000,
    Quarantines1767100023000,
  ],
  published: publishedProvisioning,
  messageFed: {
    application: 'have it restated by hub republish governance --from TIME',
    desired: 'have it restated by hub republish governance --from TIME',
    known_person: 'have it restated by hub republish governance --from TIME',
    ...identitiesFed,
  },
  people: writePeople,
  facts: provisioningFacts,
  operator: 'connector-admin',
  gauges: async (database, now, { revocationWithinMs }) => [
    ...(await accountGauges(database, now)),
    ...(await exposureGauges(database, now)),
    ...(await caseGauges(database, now)),
    ...(await receiptGauges(database, now, revocationWithinMs)),
    ...(await connectorGauges(database, now)),
  ],
  observe: observeOperations,
};

/** As a process of its own: one for each connector, chosen by CONNECTOR_ID. */
export const provisioningAlone: ServiceDefinition = { ...provisioning, module: ProvisioningAloneModule };
