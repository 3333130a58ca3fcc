/** What other features of this service may use of this one. */
export { withRoles } from './combined-target.js';
export { namedById } from './named-by-id.js';
export { withOwnAccount } from './own-account.js';
export { withProtection } from './protected-target.js';
export { type Protection, protectionFaults } from './protection.js';
export { grantsNone } from './grants-none.js';
export { readOnly } from './read-only-target.js';
export {
  isWritablePath,
  pathKey,
  type ProfileChoice,
  profileMapping,
  profileNames,
  profileOf,
  type ProfileView,
  profileViews,
  statedProfile,
  switchSchemas,
  usualProfile,
} from './scim/scim-profiles.js';
export { profileConflicts } from './scim/profile-conflicts.js';
export { discover, type DiscoverOptions } from './scim/scim-discovery.process.js';
export type { Discovered } from './scim/proposed-profile.js';
export { ScimTarget } from './scim/scim-target.process.js';
export { attributesRead } from './rest/account-description.js';
export { compileRest, type RestDescription, type RestScope } from './rest/rest-description.js';
export { RestClient } from './rest/rest-client.process.js';
export { RestEntitlements } from './rest/rest-entitlements.process.js';
export { RestTarget } from './rest/rest-target.process.js';
export { accountSeen, changesSeen, enablingSeen, holderSeen, observedOf, sameName } from './shown-account.js';
export { TaskSender } from './tasks/task-sender.process.js';
export { TaskTarget } from './tasks/task-target.process.js';
export {
  type GivenTask,
  type HeldBy,
  type KeptAccount,
  type KeptKind,
  type TaskAnswer,
  TaskBook,
  type TaskKind,
  taskKinds,
  type TaskTerms,
  type WantedTask,
} from './tasks/task-book.port.js';
export {
  type Asked,
  type Attributes,
  type Call,
  type EntitlementTarget,
  type Page,
  reading,
  type ShownAccount,
  type ShownEntitlement,
  type ShownHolders,
  type SoughtAccount,
  type Target,
} from './target.js';
