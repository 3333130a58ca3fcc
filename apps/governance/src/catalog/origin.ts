import { isDeepStrictEqual } from 'node:util';
import type { Recorded } from '#libs/event-store/core.js';
import type { CatalogEvent } from './catalog.events.js';
import type { Origin } from '../policy/policy.exports.js';
import {
  filledDocument,
  isLive,
  type AccessPackage,
  type CatalogDocuments,
  type CatalogKind,
  type SeparationRule,
} from '../policy/policy.exports.js';

/** Of one document: the last facts that changed its effects. Null where there is none. */
export interface Origins {
  /** What a rule gives to whom or keeps apart, or that a package can be given at all. */
  readonly gives: Origin | null;
  /** What a package grants. */
  readonly grants: Origin | null;
  /** With which other packages a package is incompatible. */
  readonly separates: Origin | null;
}

type Document = CatalogDocuments[CatalogKind];

/** The facts of one document that changed its effects. A change of its name has no effect. */
export function originsOf(
  kind: CatalogKind,
  before: Document | null,
  facts: readonly (Pick<CatalogEvent, 'data'> & Recorded)[],
): Origins {
  let former = before;
  let origins: Origins = { gives: null, grants: null, separates: null };
  for (const { data, id: causationId, correlationId } of facts) {
    const origin = { causationId, correlationId };
    const document = filledDocument(kind, data.document);
    const changed = (part: (document: Document | null) => unknown): boolean =>
      !isDeepStrictEqual(part(former), part(document));
    origins = {
      gives: changed(givenBy) ? origin : origins.gives,
      grants: changed(grantedBy) ? origin : origins.grants,
      separates: changed(incompatibleWith) ? origin : origins.separates,
    };
    former = document;
  }
  return origins;
}

function givenBy(document: Document | null): unknown {
  if (document === null) return null;
  if ('left' in document) return separatedBy(document);
  if ('packages' in document) return [document.filter, document.packages.toSorted(), document.privilegedExceptionUntil];
  return isGiving(document) ? 'published' : null;
}

/** What a rule keeps apart, and from whom it takes nothing. */
const separatedBy = ({ left, right, mode, compensatingControls }: SeparationRule): unknown => [
  mode,
  ...[left, right, compensatingControls].map((items) => items.map((one) => JSON.stringify(one)).sort()),
];

function grantedBy(document: Document | null): unknown {
  return document !== null && isGiving(document)
    ? [...document.grants.map((grant) => JSON.stringify(grant)), ...document.includes].sort()
    : null;
}

const incompatibleWith = (document: Document | null): unknown =>
  document !== null && 'grants' in document ? document.incompatibleWith.toSorted() : [];

const isGiving = (document: Document): document is AccessPackage => 'grants' in document && isLive(document);
