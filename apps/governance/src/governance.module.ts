import { Module } from '@nestjs/common';
import { AsFoundModule } from './as-found/as-found.module.js';
import { AssignmentsModule } from './assignments/assignments.module.js';
import { BulkModule } from './bulk/bulk.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { BirthrightModule } from './birthright/birthright.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { DelegationsModule } from './delegations/delegations.module.js';
import { DesiredAccessModule } from './desired-access/desired-access.module.js';
import { ExplanationsModule } from './explanations/explanations.module.js';
import { ConnectorMessages } from './connector-messages.consumer.js';
import { FollowPeople } from './follow-people.process.js';
import { FormerAccessModule } from './former-access/former-access.module.js';
import { GovernanceConsumer } from './governance.consumer.js';
import { IdentitiesModule } from './identities/identities.module.js';
import { LeaversModule } from './leavers/leavers.module.js';
import { LockdownsModule } from './lockdowns/lockdowns.module.js';
import { MoversModule } from './movers/movers.module.js';
import { PeopleModule } from './people/people.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { ReleasesModule } from './releases/releases.module.js';
import { SuggestionsModule } from './suggestions/suggestions.module.js';
import { SuccessionModule } from './succession/succession.module.js';
import { SponsorshipsModule } from './sponsorships/sponsorships.module.js';
import { SimulationsModule } from './simulations/simulations.module.js';
import { ResultMessages } from './result-messages.consumer.js';
import { RequestsModule } from './requests/requests.module.js';
import { WorkflowsModule } from './workflows/workflows.module.js';
import { SeparationModule } from './separation/separation.module.js';

@Module({
  imports: [
    PeopleModule,
    IdentitiesModule,
    CatalogModule,
    CampaignsModule,
    BulkModule,
    RequestsModule,
    AssignmentsModule,
    AsFoundModule,
    DesiredAccessModule,
    ExplanationsModule,
    LeaversModule,
    DelegationsModule,
    SeparationModule,
    LockdownsModule,
    SimulationsModule,
    NotificationsModule,
    SuccessionModule,
    SponsorshipsModule,
    BirthrightModule,
    MoversModule,
    ReleasesModule,
    FormerAccessModule,
    SuggestionsModule,
    WorkflowsModule,
  ],
  providers: [GovernanceConsumer, FollowPeople, ConnectorMessages, ResultMessages],
})
export class GovernanceModule {}
