/** What other features of this service may use of this one. */
export {
  absenceMs,
  isSameAccount,
  writtenNames,
  type KnownAccount,
  missingLeftMs,
  placeOf,
  type PlaceRow,
  writtenName,
} from './place.js';
export { Places, stageConfirmation, stageLookingAgain } from './places.query.js';
