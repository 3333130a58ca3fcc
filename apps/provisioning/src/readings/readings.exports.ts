/** What other features of this service may use of this one. */
export { ObservedAccounts } from './observed-accounts.store.js';
export { ObservedHoldings } from './observed-holdings.store.js';
export { ReadApplication } from './read-application.process.js';
export { ReadingEnds } from './reading-ends.stream.js';
export { Readings } from './readings.store.js';
