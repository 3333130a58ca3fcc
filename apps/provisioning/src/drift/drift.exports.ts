/** What other features of this service may use of this one. */
export { CompareObserved } from './compare-observed.process.js';
export { decided, type DriftDecision } from './drift-facts.js';
