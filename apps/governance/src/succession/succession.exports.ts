/** What other features of this service may use of this one. */
export { Succeed } from './succeed.process.js';
