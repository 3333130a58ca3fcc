import { Module } from '@nestjs/common';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { AccountsController } from './accounts/accounts.controller.js';
import { EvaluateMapping } from './accounts/evaluate-mapping.query.js';
import { AccountRows } from './accounts/accounts.query.js';
import { Accounts } from './accounts/accounts.stream.js';
import { LeaversController } from './accounts/leavers.controller.js';
import { ConfirmRemovalHandler } from './accounts/confirm-removal.command.js';
import { Leavers } from './accounts/leavers.query.js';
import { UnverifiedRemovals } from './accounts/unverified.query.js';
import { ResolveParkedAccountHandler } from './accounts/resolve-parked-account.command.js';
import { Operations } from './accounts/operations.query.js';
import { AnnounceSources } from './connectors/announce-sources.process.js';
import { AcceptedSecrets } from './connectors/accepted-secrets.store.js';
import { ConnectorBrake } from './connectors/connector-brake.process.js';
import { ConnectorTargets } from './connectors/connector-targets.process.js';
import { ConnectorsController } from './connectors/connectors.controller.js';
import { MappingController } from './connectors/mapping.controller.js';
import { CountImpact } from './connectors/impact-jobs.process.js';
import { ImpactJobs } from './connectors/impact-jobs.store.js';
import { ImpactJobsController } from './connectors/impact-jobs.controller.js';
import { ForeseeConnectorHandler } from './connectors/foresee-connector.query.js';
import { PreviewChangeHandler } from './connectors/preview-change.command.js';
import { ForeseeAccounts } from './accounts/foresee-accounts.query.js';
import { ProfilesController } from './connectors/profiles.controller.js';
import { MappingVersions } from './connectors/mapping-versions.query.js';
import { ConnectorRows } from './connectors/connectors.query.js';
import { Coverages } from './coverages/coverage.query.js';
import { Connectors } from './connectors/connectors.stream.js';
import { ConfirmPlaceHandler } from './connectors/confirm-place.command.js';
import { LookAgainHandler } from './connectors/look-again.command.js';
import { DefineConnectorHandler } from './connectors/define-connector.command.js';
import { SecretReferences } from './connectors/secret-references.config.js';
import { SetConnectorStateHandler } from './connectors/set-connector-state.command.js';
import { DiscoverConnectorHandler } from './connectors/discover-connector.command.js';
import { ConnectorProbe } from './connectors/connector-probe.process.js';
import { KnownTargets } from './connectors/known-targets.process.js';
import { StatedDocuments } from './connectors/stated-documents.process.js';
import { TestConnectorHandler } from './connectors/test-connector.command.js';
import { ChangedGroups } from './groups/changed-groups.query.js';
import { CompareObserved } from './drift/compare-observed.process.js';
import { DecideDriftHandler } from './drift/decide-drift.command.js';
import { DriftController } from './drift/drift.controller.js';
import { DriftRows } from './drift/drift.query.js';
import { DriftStore } from './drift/drift.store.js';
import { ExposureCandidates } from './exposures/exposure-candidates.query.js';
import { ExposuresController } from './exposures/exposures.controller.js';
import { ExposureRows } from './exposures/exposures.query.js';
import { Exposures } from './exposures/exposures.stream.js';
import { ExposuresSweep } from './exposures/exposures-sweep.process.js';
import { FoundAccountsSweep } from './exposures/found-accounts.process.js';
import { FoundAccountRows } from './exposures/found-accounts.query.js';
import { Groups } from './groups/groups.stream.js';
import { Places } from './places/places.query.js';
import { ProvisioningConsumer } from './provisioning.consumer.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { Receipts } from './receipts/receipts.query.js';
import { CasesController } from './cases/cases.controller.js';
import { CaseList } from './cases/cases.query.js';
import { Cases } from './cases/cases.stream.js';
import { NoteCaseHandler } from './cases/note-case.command.js';
import { RedriveCaseHandler } from './cases/redrive-case.command.js';
import { ResolveCaseHandler } from './cases/resolve-case.command.js';
import { HeldRemovals } from './removals/held-removals.store.js';
import { ReleaseRemovalsHandler } from './removals/release-removals.command.js';
import { RemovalReleases } from './removals/removal-releases.stream.js';
import { RemovalsController } from './removals/removals.controller.js';
import { LateRemovals } from './reconcile/worker/removals.query.js';
import { AccountStorage } from './reconcile/worker/account-storage.process.js';
import { ConnectorWorkers } from './reconcile/worker/connector-workers.process.js';
import { DueAccounts } from './reconcile/worker/due-accounts.query.js';
import { Health } from './reconcile/worker/health.store.js';
import { Reapplication } from './reconcile/worker/reapplication.store.js';
import { QuarantineRows } from './reconcile/refusals/quarantines.store.js';
import { RefusalRows } from './reconcile/refusals/refusals.store.js';
import { DiscoveryRuns } from './discovery/discovery-runs.store.js';
import { EntitlementRows } from './discovery/entitlements.query.js';
import { Entitlements } from './discovery/entitlements.stream.js';
import { EntitlementsController } from './discovery/entitlements.controller.js';
import { DueDeletions } from './accounts/due-deletions.store.js';
import { LinkedAccounts } from './accounts/linked-accounts.query.js';
import { GivenValues } from './accounts/given-values.store.js';
import { NameHolders } from './accounts/name-holders.query.js';
import { NameHandovers } from './accounts/name-handovers.store.js';
import { AskReadingHandler } from './readings/ask-reading.command.js';
import { ObservedAccounts } from './readings/observed-accounts.store.js';
import { ObservedHoldings } from './readings/observed-holdings.store.js';
import { ReadingsController } from './readings/readings.controller.js';
import { ReadingEnds } from './readings/reading-ends.stream.js';
import { Readings } from './readings/readings.store.js';
import { DecideOwnershipHandler } from './matching/decide-ownership.command.js';
import { ObservedAccountsController } from './matching/observed-accounts.controller.js';
import { ObservedAccountRows } from './matching/observed-accounts.query.js';
import { KnownPeople } from './matching/known-people.store.js';
import { MatchObserved } from './matching/match-observed.process.js';
import { ObservedMatches } from './matching/observed-matches.store.js';
import { Ownerships } from './matching/ownerships.stream.js';
import { AskPreviewHandler } from './previews/ask-preview.command.js';
import { MakePreview } from './previews/make-preview.process.js';
import { WithdrawAuthorityHandler } from './previews/withdraw-authority.command.js';
import { Previews } from './previews/previews.store.js';
import { PreviewsController } from './previews/previews.controller.js';
import { ReleaseController } from './connectors/release.controller.js';
import { ReleasePreviewHandler } from './previews/release-preview.command.js';
import { ReleaseByPage } from './previews/release-preview.process.js';
import { Releases } from './previews/releases.store.js';
import { AuthorityEffects } from './previews/authority.query.js';
import { Orphans } from './previews/orphans.query.js';
import { PreviewedPeople } from './previews/previewed-people.process.js';
import { Situations } from './previews/situations.query.js';
import { ObservedAccesses } from './observed-access/observed-accesses.stream.js';
import { ShownAccessRows } from './observed-access/shown-access.query.js';
import { TellObservedAccess } from './observed-access/tell-observed-access.process.js';
import { AccountListsController } from './lists/account-lists.controller.js';
import { AccountListRows } from './lists/account-lists.query.js';
import { ListedAccountStore } from './lists/account-lists.store.js';
import { AccountLists } from './lists/account-lists.stream.js';
import { ConfirmByList } from './lists/confirm-by-list.process.js';
import { ListFreshness } from './lists/list-freshness.process.js';
import { ReceiveListHandler } from './lists/receive-list.command.js';
import { AnsweredTasks } from './tasks/answered-tasks.process.js';
import { onDemandParts } from './on-demand/on-demand.exports.js';
import { rehearsalParts } from './rehearsals/rehearsals.exports.js';
import { OpenTasks } from './tasks/open-tasks.query.js';
import { AnswerTaskHandler } from './tasks/answer-task.command.js';
import { KeptAccounts } from './tasks/kept-accounts.store.js';
import { StoredTaskBook } from './tasks/task-book.store.js';
import { TaskReminders } from './tasks/task-reminders.process.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TaskRows } from './tasks/tasks.query.js';
import { Tasks } from './tasks/tasks.stream.js';
import { TaskBook } from './targets/targets.exports.js';
import { WorkedConnectors } from './reconcile/worker/worked-connectors.port.js';

/** Everything but the choice of which connectors this process works. */
const features = {
  controllers: [
    ConnectorsController,
    MappingController,
    ProfilesController,
    ImpactJobsController,
    EntitlementsController,
    ReadingsController,
    DriftController,
    PreviewsController,
    ReleaseController,
    ObservedAccountsController,
    AccountsController,
    LeaversController,
    ExposuresController,
    ReceiptsController,
    RemovalsController,
    CasesController,
    ...onDemandParts.controllers,
    ...rehearsalParts.controllers,
    TasksController,
    AccountListsController,
  ],
  providers: [
    Connectors,
    Accounts,
    Groups,
    ConnectorRows,
    Coverages,
    AcceptedSecrets,
    AnnounceSources,
    ConnectorBrake,
    MappingVersions,
    ConnectorTargets,
    SecretReferences,
    DefineConnectorHandler,
    SetConnectorStateHandler,
    TestConnectorHandler,
    DiscoverConnectorHandler,
    ConnectorProbe,
    KnownTargets,
    StatedDocuments,
    ConfirmPlaceHandler,
    LookAgainHandler,
    AccountRows,
    EvaluateMapping,
    ForeseeAccounts,
    ForeseeConnectorHandler,
    PreviewChangeHandler,
    ImpactJobs,
    CountImpact,
    Operations,
    Leavers,
    Exposures,
    ExposureRows,
    Receipts,
    HeldRemovals,
    Cases,
    CaseList,
    NoteCaseHandler,
    ResolveCaseHandler,
    RedriveCaseHandler,
    RemovalReleases,
    ReleaseRemovalsHandler,
    LateRemovals,
    ExposureCandidates,
    ExposuresSweep,
    FoundAccountRows,
    FoundAccountsSweep,
    UnverifiedRemovals,
    ConfirmRemovalHandler,
    ResolveParkedAccountHandler,
    DueAccounts,
    Reapplication,
    NameHolders,
    GivenValues,
    LinkedAccounts,
    DueDeletions,
    Entitlements,
    EntitlementRows,
    DiscoveryRuns,
    NameHandovers,
    RefusalRows,
    QuarantineRows,
    Places,
    ChangedGroups,
    AskReadingHandler,
    Readings,
    CompareObserved,
    DriftStore,
    DriftRows,
    DecideDriftHandler,
    ReadingEnds,
    ObservedAccounts,
    ObservedHoldings,
    Ownerships,
    KnownPeople,
    ObservedMatches,
    MatchObserved,
    ObservedAccountRows,
    Previews,
    Releases,
    Situations,
    Orphans,
    AuthorityEffects,
    PreviewedPeople,
    MakePreview,
    ReleaseByPage,
    AskPreviewHandler,
    WithdrawAuthorityHandler,
    ReleasePreviewHandler,
    DecideOwnershipHandler,
    ObservedAccesses,
    ShownAccessRows,
    TellObservedAccess,
    AccountStorage,
    ...onDemandParts.providers,
    ...rehearsalParts.providers,
    Health,
    ConnectorWorkers,
    ProvisioningConsumer,
    Tasks,
    TaskRows,
    KeptAccounts,
    TaskReminders,
    AnsweredTasks,
    OpenTasks,
    AccountLists,
    AccountListRows,
    ListedAccountStore,
    ConfirmByList,
    ListFreshness,
    ReceiveListHandler,
    AnswerTaskHandler,
    { provide: TaskBook, useClass: StoredTaskBook },
    {
      provide: AddressGuard,
      // A hub that is itself on loopback may call its own machine.
      useFactory: (settings: ServiceSettings) =>
        new AddressGuard(
          settings.allowedNetworks,
          settings.embedded && settings.host === '127.0.0.1',
          settings.CONNECTOR_PROXY ?? null,
        ),
      inject: [ServiceSettings],
    },
  ],
};

/** In the hub: this process works for every connector. */
@Module({
  controllers: features.controllers,
  providers: [...features.providers, { provide: WorkedConnectors, useValue: { works: () => true } }],
})
export class ProvisioningModule {}

/** Alone: works for the connectors of CONNECTOR_ID. Without it the process serves the API only and calls nobody. */
@Module({
  controllers: features.controllers,
  providers: [
    ...features.providers,
    {
      provide: WorkedConnectors,
      useFactory: ({ connectorIds }: ServiceSettings) => ({
        works: (connector: string) => connectorIds.includes(connector),
      }),
      inject: [ServiceSettings],
    },
  ],
})
export class ProvisioningAloneModule {}
