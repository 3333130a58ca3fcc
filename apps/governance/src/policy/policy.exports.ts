/** What other features of this service may use of this one. */
export { CurrentCatalog } from './current-catalog.port.js';
export { type CatalogEntry, CatalogSnapshot, type Titled } from './catalog-snapshot.js';
export {
  type AccessPackage,
  administratorsId,
  approverForm,
  canonicalApprover,
  type Application,
  type BirthrightRule,
  type CatalogDocuments,
  type CatalogKind,
  catalogKinds,
  type Versioned,
  defaultTimeout,
  filledDocument,
  isLive,
  reviewerForm,
  stagesOf,
  storedDocument,
} from './documents.js';
export { foundApplication, foundGrant, foundPackageId, foundPackagesOf, isFoundPackage } from './found-package.js';
export { isDuration, later } from '#libs/text/duration.js';
export {
  type Conflict,
  conflictText,
  defaultDueIn,
  nameOf,
  type SeparatedItem,
  type Separation,
  type SeparationRule,
} from './separation.js';
export { type NameRule, patternProblem } from './name-rules.js';
export { circleIn, type MoveAttribute, moveAttributes, type MoverRule, Moves, type Renaming } from './movers.js';
export { type PackageReach, reachAfter, type Reached, type VersionRelease } from './package-versions.js';
export {
  type DefinedWorkflow,
  type Workflow,
  type WorkflowAction,
  workflowActions,
  type WorkflowRecipient,
  workflowRecipients,
  type WorkflowStep,
  type WorkflowTrigger,
  workflowTriggers,
} from './workflows.js';
export { rulesOf } from './entitlement-kinds.js';
export { stageAnswer } from './stage.answers.js';
export { latest, type Origin } from './origin.js';
export { ownerNames, packageMeantBy } from './package-names.js';
export { seesAll } from './sees-all.js';
