/** What other features of this service may use of this one. */
export { type GivenPackages, givenPackages, type Impact } from './access-rule.js';
export { AccessRules } from './access-rules.query.js';
export { BrakeSettings } from './brake.config.js';
export { BrakeModule } from './brake.module.js';
export { Brake } from './brake.query.js';
export { type BrakeLimits, isTooMany } from './brake.js';
export { OneByOne } from './one-by-one.js';
