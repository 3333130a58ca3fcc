/** What other features of this service may use of this one. */
export { type CompleteReading, TellObservedAccess } from './tell-observed-access.process.js';
