import { identitiesFed } from '#libs/auth/identity-directory.store.js';
import type { ServiceDefinition } from '#libs/service-kit/service/service-definition.js';
import {
  Assignment1764100001000,
  AssignmentDelivery1766400000000,
  AssignmentUpdates1766500000000,
  AssignmentLists1766300003000,
  AssignmentCode1764100006000,
  AssignmentRemoval1764200000000,
  AssignmentPackage1764600001000,
  AccessFold1765000001000,
  Separation1765200000000,
  Emergency1765200001000,
  Grace1766800000000,
  WithheldVersion1767100001000,
} from './assignments/assignments.migrations.js';
import { BulkChange1766510002000 } from './bulk/bulk.migrations.js';
import { Review1766510001000 } from './campaigns/campaigns.migrations.js';
import {
  ApplicationConnector1764100005000,
  Catalog1764100002000,
  CatalogOrigins1764800000000,
  CatalogFold1765000002000,
  ConnectorSources1767000000000,
  KnownEntitlements1765200006000,
  IncompatiblePackages1767200000000,
  PackageRelease1767100000000,
  PolicyLoss1764900200000,
} from './catalog/catalog.migrations.js';
import { Delegation1765100000000 } from './delegations/delegations.migrations.js';
import {
  DesiredAccess1764100003000,
  DesiredAccessFold1765000003000,
  DesiredAccessStatistics1766500004000,
} from './desired-access/desired-access.migrations.js';
import { GovernanceModule } from './governance.module.js';
import { governanceFacts, publishedGovernance } from './governance.published.js';
import {
  FormerNames1766700000000,
  Identity1764100000000,
  IdentityNames1764700000000,
  IdentityNumbers1764600000000,
  LeaversSweep1764100011000,
  PersonDecision1764100010000,
  IdentityFold1765000000000,
  IdentityStatistics1766500003000,
} from './identities/identities.migrations.js';
import { leaversSweepGauges } from './leavers/leavers-gauges.query.js';
import { RecomputeJob1764200001000 } from './people/people.migrations.js';
import { requestGauges } from './requests/request-rows.query.js';
import { Notification1766300002000 } from './notifications/notifications.migrations.js';
import { Simulation1766300001000 } from './simulations/simulations.migrations.js';
import { Succession1766300004000 } from './succession/succession.migrations.js';
import { WorkflowAnswers1767200002000, WorkflowStep1767200001000 } from './assignments/workflow.migrations.js';
import { RareDeliveries1766900000000 } from './assignments/assignment-lists.migrations.js';
import { Sponsorship1766800001000 } from './sponsorships/sponsorships.migrations.js';
import { serviceName } from './service-name.js';
import {
  Request1764100004000,
  RequestDeciders1764100012000,
  RequestFold1765000004000,
  PeersIndex1765200002000,
} from './requests/requests.migrations.js';

/** Who should have what, and why. */
export const governance: ServiceDefinition = {
  name: serviceName,
  prefix: 'governance',
  module: GovernanceModule,
  migrations: [
    Identity1764100000000,
    Assignment1764100001000,
    Catalog1764100002000,
    DesiredAccess1764100003000,
    Request1764100004000,
    ApplicationConnector1764100005000,
    AssignmentCode1764100006000,
    PersonDecision1764100010000,
    AssignmentRemoval1764200000000,
    LeaversSweep1764100011000,
    IdentityNumbers1764600000000,
    IdentityNames1764700000000,
    AssignmentPackage1764600001000,
    RecomputeJob1764200001000,
    RequestDeciders1764100012000,
    CatalogOrigins1764800000000,
    AccessFold1765000001000,
    CatalogFold1765000002000,
    DesiredAccessFold1765000003000,
    DesiredAccessStatistics1766500004000,
    IdentityFold1765000000000,
    IdentityStatistics1766500003000,
    RequestFold1765000004000,
    PolicyLoss1764900200000,
    Delegation1765100000000,
    Separation1765200000000,
    Simulation1766300001000,
    Notification1766300002000,
    AssignmentLists1766300003000,
    Succession1766300004000,
    KnownEntitlements1765200006000,
    Emergency1765200001000,
    PeersIndex1765200002000,
    AssignmentDelivery1766400000000,
    AssignmentUpdates1766500000000,
    Review1766510001000,
    BulkChange1766510002000,
    FormerNames1766700000000,
    Grace1766800000000,
    Sponsorship1766800001000,
    RareDeliveries1766900000000,
    ConnectorSources1767000000000,
    PackageRelease1767100000000,
    WithheldVersion1767100001000,
    IncompatiblePackages1767200000000,
    WorkflowStep1767200001000,
    WorkflowAnswers1767200002000,
  ],
  published: publishedGovernance,
  messageFed: {
    known_entitlement: 'have it restated by hub republish provisioning --from TIME',
    connector_sources: 'have it restated by hub republish provisioning --from TIME',
    listed_entitlements: 'have it restated by hub republish provisioning --from TIME',
    ...identitiesFed,
  },
  facts: governanceFacts,
  operator: 'policy-admin',
  gauges: async (database, now) => [
    ...(await leaversSweepGauges(database, now)),
    ...(await requestGauges(database, now)),
  ],
};
