/** What other features of this service may use of this one. */
export { changeOfRehearsal, type RehearsedName, rehearsedPerson, type RehearsedStep } from './rehearsal.js';
export { type OpenRehearsal, RehearsalRows, type RehearsalTerms } from './rehearsals.store.js';
