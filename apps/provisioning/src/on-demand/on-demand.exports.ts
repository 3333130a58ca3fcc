import { NewestDesiredRows } from '../accounts/accounts.exports.js';
import { AskOnDemandRunHandler } from './ask-on-demand-run.command.js';
import { OnDemandController } from './on-demand.controller.js';
import { OnDemandRuns } from './on-demand-runs.store.js';

/** What other features of this service may use of this one. */
export type { AskedRun } from './on-demand-runs.store.js';
export { seenExchange } from './on-demand.answers.js';
export { plainValue, type RunStep, step, type StepValue } from './on-demand-run.js';
export { OnDemandRuns };

/** What this feature adds to the service. */
export const onDemandParts = {
  controllers: [OnDemandController],
  providers: [NewestDesiredRows, OnDemandRuns, AskOnDemandRunHandler],
};
