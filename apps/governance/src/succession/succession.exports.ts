/** What other features of this service may use of this one. */
export { SuccessionModule } from './succession.module.js';
export { Succeed } from './succeed.process.js';
