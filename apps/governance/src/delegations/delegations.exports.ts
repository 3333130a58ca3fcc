/** What other features of this service may use of this one. */
export { DelegationsModule } from './delegations.module.js';
export { EndDelegations } from './end-delegations.process.js';
