/** What other features of this service may use of this one. */
export { dryRunAnswer, refusedVersionFields, titledEntitlementsAnswer } from './catalog.answers.js';
export { AccessPackageDto } from './access-package.dto.js';
export { BirthrightRuleDto } from './catalog.dto.js';
export { Catalog } from './catalog.query.js';
export {
  type CatalogItem,
  type DefinedItem,
  GetCatalogDocument,
  ListCatalogDocuments,
} from './catalog-documents.query.js';
export { WorkflowStreams } from './catalog.stream.js';
export type { WorkflowDefined } from './catalog.events.js';
export {
  DefineAccessPackage,
  DefineApplication,
  DefineBirthrightRule,
  type DefinedDocument,
  defineIn,
  type Definition,
} from './define-document.command.js';
export { DefineSeparationRule } from './define-separation-rule.command.js';
export { refuseStatusAgain, refuseUnknown } from './document-rules.js';
export { accessPackageOf, birthrightRuleOf, checkedId } from './documents.input.js';
export { type DefinedVersion, PastCatalog } from './past-catalog.query.js';
export { SeparationRuleDto } from './separation-rule.dto.js';
export { separationRuleOf } from './separation-rule.input.js';
export { separationProblems } from './separation-rules.js';
export {
  type DryRun,
  dryRunOf,
  refusedVersion,
  type RefusedVersion,
  titledIn,
  type TitledEntitlement,
} from './touches.js';
export type { PackageVersionReleased } from './package-release.events.js';
export { PackageReleases } from './package-releases.stream.js';
export { PackageFollowers } from './package-followers.process.js';
