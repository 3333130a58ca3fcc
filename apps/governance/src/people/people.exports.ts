/** What other features of this service may use of this one. */
export { type AccessLoss, AccessLosses, type ForeseenChange } from './access-loss.query.js';
export { FindAffectedPeople, type Holders } from './affected-people.query.js';
export { CurrentCatalog } from '../policy/policy.exports.js';
export { affectedBy, affectedBySeparation, type AffectedPeople } from './affected-people.js';
export { DueChanges, workflowTransfer } from './due-changes.process.js';
export { type ForeseenPerson } from './access-loss.query.js';
export { accessExtended, accessGiven, type Giver, ownsPackage } from './given-access.js';
export { jobAnswer } from './jobs.answers.js';
export { type Entitlement, entitlementsUnder, missingIn } from './lost-access.js';
export { foundReplaced } from './replacing.js';
export { OwnedPackages } from './owned-packages.query.js';
export { People, type Wanted } from './people.query.js';
export { filterResourceOf, type Person, PersonBatch, unknownPerson } from './person-batch.js';
export { governanceActor, Recomputation } from './recomputation.process.js';
export { type JobView, RecomputeJobs } from './recompute-jobs.store.js';
export { type ForeseenStep, foreseenSteps } from './workflow-steps.js';
export { Violations, type Violator } from './violations.query.js';
export { RecomputeAccess } from './recompute.process.js';
