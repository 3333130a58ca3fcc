import { isDeepStrictEqual } from 'node:util';
import type { Fold } from '#libs/event-store/core.js';
import type { CatalogEvent } from './catalog.events.js';
import {
  type AccessPackage,
  type CatalogDocuments,
  type CatalogKind,
  filledDocument,
  type PackageReach,
  reachAfter,
} from '../policy/policy.exports.js';

/** One document of the catalog; null before it was first defined. */
export interface Defined<Document> {
  readonly document: Document | null;
  /** Of an access package. */
  readonly reach?: PackageReach;
}

/** The fact that defines a document of each kind. */
export interface DefinedBy {
  readonly application: Extract<CatalogEvent, { type: 'ApplicationDefined' }>;
  readonly 'access-package': Extract<CatalogEvent, { type: 'AccessPackageDefined' }>;
  readonly 'birthright-rule': Extract<CatalogEvent, { type: 'BirthrightRuleDefined' }>;
  readonly 'separation-rule': Extract<CatalogEvent, { type: 'SeparationRuleDefined' }>;
  readonly 'mover-rule': Extract<CatalogEvent, { type: 'MoverRuleDefined' }>;
  readonly 'name-rule': Extract<CatalogEvent, { type: 'NameRuleDefined' }>;
  readonly workflow: Extract<CatalogEvent, { type: 'WorkflowDefined' }>;
}

const foldVersions: Readonly<Record<CatalogKind, number>> = {
  application: 4,
  'access-package': 9,
  'birthright-rule': 6,
  'separation-rule': 4,
  'mover-rule': 3,
  'name-rule': 3,
  workflow: 1,
};

export function definedFold<Kind extends CatalogKind>(
  kind: Kind,
): Fold<Defined<CatalogDocuments[Kind]>, DefinedBy[Kind]> {
  return {
    version: foldVersions[kind],
    initial: { document: null },
    evolve: (former, event) => {
      const document = filledDocument(kind, event.data.document);
      return { document, ...reachOf(kind, former, document, event) };
    },
  };
}

/** States a document; the same again changes nothing. */
export function define<Kind extends CatalogKind>(
  kind: Kind,
  fact: DefinedBy[Kind],
  state: Defined<CatalogDocuments[Kind]>,
): DefinedBy[Kind][] {
  return isDeepStrictEqual(state.document, filledDocument(kind, fact.data.document)) ? [] : [fact];
}

/** The kind tells which document it is. */
function reachOf(
  kind: CatalogKind,
  former: Defined<CatalogDocuments[CatalogKind]>,
  document: CatalogDocuments[CatalogKind],
  { data }: CatalogEvent,
): Pick<Defined<unknown>, 'reach'> {
  if (kind !== 'access-package') return {};
  const before = { document: former.document as AccessPackage | null, reach: former.reach };
  return {
    reach: reachAfter(before, document as AccessPackage, 'additionsWait' in data),
  };
}
