/** What other features of this service may use of this one. */
export { isWorkerField, type StatedFields, type WorkerField } from './attributes.js';
export { workerFilterColumns } from './find-workers.query.js';
export { type Forecast, ForecastWorkers, nameOf } from './forecast-workers.query.js';
export { RecordWorkers, type StatedWorker, type WorkerOutcome } from './record-workers.command.js';
export { differAsPeople } from './similarity.js';
export { foldOf } from './worker-keys.js';
export { type FieldProblem, isKey, keyRule } from './worker-rules.js';
