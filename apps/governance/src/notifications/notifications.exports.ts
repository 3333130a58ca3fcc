/** What other features of this service may use of this one. */
export { Channels } from './channels.process.js';
