/** What other features of this service may use of this one. */
export { type AskedRun, OnDemandRuns } from './on-demand-runs.store.js';
export { seenExchange } from './on-demand.answers.js';
export { plainValue, type RunStep, step, type StepValue } from './on-demand-run.js';
