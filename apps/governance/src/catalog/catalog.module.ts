import { Module } from '@nestjs/common';
import { ApplicationConnectors } from './application-connectors.query.js';
import { CatalogController } from './catalog.controller.js';
import { GetCatalogDocumentHandler, ListCatalogDocumentsHandler, NamedDocuments } from './catalog-documents.query.js';
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

/** Applications, access packages and birthright rules, as administrators define them. */
@Module({
  controllers: [CatalogController],
  providers: [
    ApplicationConnectors,
    PolicyBrake,
    PolicyLosses,
    ForeseeChangeHandler,
    PolicyChanges,
    Releases,
    DefineApplicationHandler,
    DefineAccessPackageHandler,
    DefineBirthrightRuleHandler,
    GetCatalogDocumentHandler,
    ListCatalogDocumentsHandler,
    NamedDocuments,
  ],
})
export class CatalogModule {}
