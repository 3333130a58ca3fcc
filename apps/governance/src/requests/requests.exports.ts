/** What other features of this service may use of this one. */
export { AccessRequests } from './access-requests.stream.js';
export { reportsToOneOf } from './approvers.js';
export { LoadDeciders } from './deciders.query.js';
export { openRequestOf } from './open-request.js';
export { FollowIdentities } from './follow-identities.process.js';
export { LeaversRequests } from './leavers-requests.process.js';
export type { RequestHistory } from './request-history.js';
export { RequestsModule } from './requests.module.js';
