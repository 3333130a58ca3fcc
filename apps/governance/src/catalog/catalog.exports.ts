/** What other features of this service may use of this one. */
export { Catalog } from './catalog.query.js';
