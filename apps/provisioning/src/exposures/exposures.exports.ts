/** What other features of this service may use of this one. */
export { FoundAccounts, type FoundAccount } from './found-accounts.process.js';
