/** What other features of this service may use of this one. */
export { AccessRequests } from './access-requests.stream.js';
export { aboutApprovers } from './admission.js';
export { type AboutApprovers, openingOf, reportsToOneOf } from './approvers.js';
export { type Deciders, LoadDeciders } from './deciders.query.js';
export { openRequestOf } from './open-request.js';
export { FollowIdentities } from './follow-identities.process.js';
export { LeaversRequests } from './leavers-requests.process.js';
export { RerouteRequests } from './reroute.process.js';
export type { RequestHistory } from './request-history.js';
export { RequestsModule } from './requests.module.js';
