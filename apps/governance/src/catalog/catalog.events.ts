import type { Fact, Stored } from '#libs/event-store/core.js';
import type {
  AccessPackage,
  Application,
  BirthrightRule,
  MoverRule,
  NameRule,
  SeparationRule,
  Workflow,
} from '../policy/policy.exports.js';

/** What administrators define, each document whole with each change. Streams: `application-<id>`, `access-package-<id>`, `birthright-rule-<id>`, `separation-rule-<id>`, `mover-rule-<id>`, `name-rule-<id>`, `workflow-<id>`. */
export type CatalogEvent =
  | ApplicationDefined
  | AccessPackageDefined
  | BirthrightRuleDefined
  | SeparationRuleDefined
  | MoverRuleDefined
  | NameRuleDefined
  | WorkflowDefined;

export type ApplicationDefined = Fact<
  'ApplicationDefined',
  1,
  { readonly id: string; readonly document: Stored<Application> }
>;
export type AccessPackageDefined = Fact<
  'AccessPackageDefined',
  1,
  {
    readonly id: string;
    readonly document: Stored<AccessPackage>;
    /** What it adds reaches those who held the package before only once an owner has released it. Absent: at once. */
    readonly additionsWait?: true;
  }
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

export type NameRuleDefined = Fact<'NameRuleDefined', 1, { readonly id: string; readonly document: Stored<NameRule> }>;

export type WorkflowDefined = Fact<'WorkflowDefined', 1, { readonly id: string; readonly document: Stored<Workflow> }>;

export const catalogFacts = [
  'ApplicationDefined',
  'AccessPackageDefined',
  'BirthrightRuleDefined',
  'SeparationRuleDefined',
  'MoverRuleDefined',
  'NameRuleDefined',
  'WorkflowDefined',
] as const;
