/** What other features of this service may use of this one. */
export type { IdentityStep } from './identity-step.js';
export { Identities } from './identities.stream.js';
export { identityColumns } from './identity-columns.query.js';
export { identityKeys, parseIdentityFilter } from './identity-filter.js';
export type { IdentityEvent, IdentityStatus } from './identity.events.js';
export {
  addressKeyOf,
  attributesOf,
  identity,
  type Identity,
  type KnownIdentity,
  liveNumbersOf,
  lockIdentity,
  managerNumberOf,
  nameKeyOf,
  numbersOf,
  releaseIdentity,
  recordEmployment,
  statedAttributesOf,
} from './identity.js';
export { statedBy } from './stated-by.js';
export { isKnownTo } from './visibility.js';
export { BatchNames, type NameBearer } from './batch-names.js';
export { nameBearers } from './name-bearers.query.js';
export { madeName, nameKey, type Names, patternedName } from './user-name.js';
