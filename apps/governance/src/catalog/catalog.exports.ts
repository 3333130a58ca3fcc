/** What other features of this service may use of this one. */
export { titledEntitlementsAnswer } from './catalog.answers.js';
export { AccessPackageDto, BirthrightRuleDto } from './catalog.dto.js';
export { Catalog } from './catalog.query.js';
export { refuseDraftAgain, refuseUnknown } from './document-rules.js';
export { accessPackageOf, birthrightRuleOf, checkedId } from './documents.input.js';
export { type DefinedVersion, PastCatalog } from './past-catalog.query.js';
export { titledIn, type TitledEntitlement } from './touches.js';
