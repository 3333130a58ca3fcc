/** What other features of this service may use of this one. */
export type { AccountEvent, Attributes, DesiredVersion, OperationKind, OperationTerms } from './account.events.js';
export { isAccountWithdrawn, takenUp, takenUpFact } from './withdrawn.js';
export { type Account, type Granted, isSameVersion, type OpenOperation } from './account-state.js';
export { account, inSyncBy, unkeptId } from './account.js';
export { changeOf, type EntitlementChange, grantedId, type GrantedKind } from './entitlement-operations.js';
export { Accounts } from './accounts.stream.js';
export { type CallResult, close, disabledThere, renamedThere, toFact, willRetry } from './call-result.js';
export { desiredChannel, desireNothing, type Outcome, type Priority, writeOutcomes } from './desired-work.store.js';
export {
  leaveDisabled,
  lookAgainSql,
  makeDue,
  park,
  reapplySql,
  releaseForbidden,
  releaseHeld,
  releaseParked,
  reopenMembersSql,
  wakeAccount,
} from './due-again.store.js';
export { type CausedBy, removalHeld } from './removal-cause.js';
export { type Foreseen, ForeseeAccounts, type Place } from './foresee-accounts.query.js';
export { counted, type Impact, type ImpactCounts, noImpact, touchedBy } from './impact.js';
export { managerAccountSql, noteChangedManagers, releaseReports } from './managers.store.js';
export type { DriftClass, DriftCode, DriftDecided } from './account.events.js';
export { attributeKey } from './uncertain.js';
export { DueDeletions } from './due-deletions.store.js';
export { deletionNote, type DeletionNote } from './deletion.js';
export { type EvaluatedEntry, type EvaluatedMapping, EvaluateMapping } from './evaluate-mapping.query.js';
export { type MappingEntry, mappingOf, uniqueFunction } from './mapping-rules.js';
export { GivenValues } from './given-values.store.js';
export { bestOfUnique, type UniqueTarget } from './unique-value.js';
export { type DesiredRow, desiredOrNothing, newestDesired } from './desired-row.js';
export {
  heldSources,
  isMappingSource,
  mappingSources,
  ownName,
  sensitiveSources,
  sourceValue,
} from './mapping-sources.js';
export { AccountRules, type AccountTerms, type MatchingRule, type NewestDesired, policyOf } from './goal.js';
export { isNothing, leftAsIs, Mapping, type MappingRule, type Occasion } from './mapping.js';
export { LinkedAccounts } from './linked-accounts.query.js';
export {
  isAboutName,
  match,
  matchBy,
  matchedByAnother,
  matchingImpossible,
  type Match,
  type MatchingValue,
  type Sought,
} from './match.js';
export { NewestDesiredRows, type Standing } from './newest-desired.query.js';
export { NameHandovers, type WaitingForName } from './name-handovers.store.js';
export { type NameHolder, NameHolders } from './name-holders.query.js';
export type { Operate } from './operate.js';
export { lateEffectMs, plan, stepKey, updating } from './plan.js';
export type { Goal, Policy, Step } from './plan-terms.js';
export { ResolveParkedAccount } from './resolve-parked-account.command.js';
export { isAboutEverybody, noRoom, type Refusal, refusalOf } from './refusal.js';
export { isSamePull, pulling, type Pulled, type PullRule, withShown } from './pull.js';
export { shownPersonSql } from './shown-person.query.js';
export { attributesAwaited, awaitedWords, sourcesOf } from './needed-sources.js';
export { isInScope, parseScope, type Scope } from './scope.js';
export { nameTaken, nameTakenCode, refusedName, rename, temporaryName } from './shared-name.js';
