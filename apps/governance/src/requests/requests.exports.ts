/** What other features of this service may use of this one. */
export type { AccessRequestEvent } from './access-request.events.js';
export { LeaversRequests } from './leavers-requests.process.js';
export { RequestsModule } from './requests.module.js';
