/** What other features of this service may use of this one. */
export type { CatalogSnapshot, Titled, Versioned } from './catalog-snapshot.js';
export { Catalog } from './catalog.query.js';
export { AccessPackages, Applications, BirthrightRules } from './catalog.stream.js';
export {
  type AccessPackage,
  administratorsId,
  type BirthrightRule,
  type CatalogDocuments,
  defaultTimeout,
} from './documents.js';
export { rulesOf } from './entitlement-kinds.js';
export { latest, type Origin } from './origin.js';
export { StoredDocuments } from './stored-documents.query.js';
