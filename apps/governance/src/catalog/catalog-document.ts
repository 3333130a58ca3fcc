import { isDeepStrictEqual } from 'node:util';
import type { Fold } from '#libs/event-store/core.js';
import type { CatalogEvent } from './catalog.events.js';
import { filledDocument, type CatalogDocuments, type CatalogKind } from '../policy/policy.exports.js';

/** One document of the catalog; null before it was first defined. */
export interface Defined<Document> {
  readonly document: Document | null;
}

/** The fact that defines a document of each kind. */
export interface DefinedBy {
  readonly application: Extract<CatalogEvent, { type: 'ApplicationDefined' }>;
  readonly 'access-package': Extract<CatalogEvent, { type: 'AccessPackageDefined' }>;
  readonly 'birthright-rule': Extract<CatalogEvent, { type: 'BirthrightRuleDefined' }>;
  readonly 'separation-rule': Extract<CatalogEvent, { type: 'SeparationRuleDefined' }>;
  readonly 'mover-rule': Extract<CatalogEvent, { type: 'MoverRuleDefined' }>;
  readonly 'name-rule': Extract<CatalogEvent, { type: 'NameRuleDefined' }>;
}

const foldVersions: Readonly<Record<CatalogKind, number>> = {
  application: 2,
  'access-package': 7,
  'birthright-rule': 3,
  'separation-rule': 2,
  'mover-rule': 1,
  'name-rule': 1,
};

export function definedFold<Kind extends CatalogKind>(
  kind: Kind,
): Fold<Defined<CatalogDocuments[Kind]>, DefinedBy[Kind]> {
  return {
    version: foldVersions[kind],
    initial: { document: null },
    evolve: (_, event) => ({ document: filledDocument(kind, event.data.document) }),
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
