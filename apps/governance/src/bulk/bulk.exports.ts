/** What other features of this service may use of this one. */
export { StartBulk } from './start-bulk.command.js';
