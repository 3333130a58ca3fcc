import type { Fact, Stored } from '#libs/event-store/core.js';
import type {
  AccessPackage,
  Application,
  BirthrightRule,
  MoverRule,
  SeparationRule,
} from '../policy/policy.exports.js';

/** What administrators define, each document whole with each change. Streams: `application-<id>`, `access-package-<id>`, `birthright-rule-<id>`, `separation-rule-<id>`, `mover-rule-<id>`. */
export type CatalogEvent =
  ApplicationDefined | AccessPackageDefined | BirthrightRuleDefined | SeparationRuleDefined | MoverRuleDefined;

export type ApplicationDefined = Fact<
  'ApplicationDefined',
  1,
  { readonly id: string; readonly document: Stored<Application> }
>;
export type AccessPackageDefined = Fact<
  'AccessPackageDefined',
  1,
  { readonly id: string; readonly document: Stored<AccessPackage> }
>;
export type BirthrightRuleDefined = Fact<
  'BirthrightRuleDefined',
  1,
  { readonly id: string; readonly document: Stored<BirthrightRule> }
>;
export type SeparationRuleDefined = Fact<
  'SeparationRuleDefined',
  1,
  { readonly id: string; readonly document: Stored<SeparationRule> }
>;

export type MoverRuleDefined = Fact<
  'MoverRuleDefined',
  1,
  { readonly id: string; readonly document: Stored<MoverRule> }
>;

export const catalogFacts = [
  'ApplicationDefined',
  'AccessPackageDefined',
  'BirthrightRuleDefined',
  'SeparationRuleDefined',
  'MoverRuleDefined',
] as const;
