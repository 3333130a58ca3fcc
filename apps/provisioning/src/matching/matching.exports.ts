/** What other features of this service may use of this one. */
export { FileQuery } from './ownership.dto.js';
export { MatchObserved } from './match-observed.process.js';
