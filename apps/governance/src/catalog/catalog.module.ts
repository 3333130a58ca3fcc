import { Global, Module } from '@nestjs/common';
import { PackageDrafts } from './package-drafts.query.js';
import { PackageFollowers } from './package-followers.process.js';
import { ApplicationConnectors } from './application-connectors.query.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { ConnectorSources } from './connector-sources.store.js';
import { KnownEntitlements } from './known-entitlements.store.js';
import { Catalog } from './catalog.query.js';
import {
  AccessPackages,
  Applications,
  BirthrightRules,
  DocumentStreams,
  MoverRules,
  NameRuleStreams,
  SeparationRules,
  WorkflowStreams,
} from './catalog.stream.js';
import { PastCatalog } from './past-catalog.query.js';
import { StoredDocuments } from './stored-documents.query.js';
import { CatalogController } from './catalog.controller.js';
import { GetCatalogDocumentHandler, ListCatalogDocumentsHandler, NamedDocuments } from './catalog-documents.query.js';
import { DefineMoverRuleHandler } from './define-mover-rule.command.js';
import { DefineNameRuleHandler } from './define-name-rule.command.js';
import { NameRulesController } from './name-rules.controller.js';
import { MoverRulesController } from './mover-rules.controller.js';
import { DefineSeparationRuleHandler } from './define-separation-rule.command.js';
import { ForeseeViolationsHandler } from './foresee-violations.query.js';
import { SeparationRulesController } from './separation-rules.controller.js';
import { PackageReleases } from './package-releases.stream.js';
import { KnownPeople } from './known-people.query.js';
import { PolicyBrake } from './policy-brake.process.js';
import { ForeseeChangeHandler } from './foresee-change.query.js';
import { PolicyLosses } from './policy-losses.store.js';
import { PolicyChanges } from './policy-changes.process.js';
import { Releases } from './releases.stream.js';
import {
  DefineAccessPackageHandler,
  DefineApplicationHandler,
  DefineBirthrightRuleHandler,
} from './define-document.command.js';

const provided = [
  Applications,
  AccessPackages,
  BirthrightRules,
  SeparationRules,
  MoverRules,
  NameRuleStreams,
  WorkflowStreams,
  DocumentStreams,
  PackageReleases,
  StoredDocuments,
  Catalog,
  PastCatalog,
  KnownEntitlements,
  ConnectorSources,
  PackageFollowers,
  { provide: CurrentCatalog, useExisting: Catalog },
];

/** Applications, access packages and birthright rules, as administrators define them. */
@Global()
@Module({
  controllers: [CatalogController, SeparationRulesController, MoverRulesController, NameRulesController],
  providers: [
    ...provided,
    ApplicationConnectors,
    KnownPeople,
    PolicyBrake,
    PolicyLosses,
    ForeseeChangeHandler,
    PolicyChanges,
    Releases,
    DefineApplicationHandler,
    DefineAccessPackageHandler,
    DefineBirthrightRuleHandler,
    DefineSeparationRuleHandler,
    DefineMoverRuleHandler,
    DefineNameRuleHandler,
    ForeseeViolationsHandler,
    GetCatalogDocumentHandler,
    ListCatalogDocumentsHandler,
    NamedDocuments,
    PackageDrafts,
  ],
  exports: provided,
})
export class CatalogModule {}
