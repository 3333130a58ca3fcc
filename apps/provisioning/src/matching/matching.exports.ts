/** What other features of this service may use of this one. */
export { MatchObserved } from './match-observed.process.js';
