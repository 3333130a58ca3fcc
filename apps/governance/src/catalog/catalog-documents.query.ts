import type { DefinitionWarning } from './known-entitlements.store.js';
import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { NotFound } from '#libs/problems/problem.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { StoredDocuments, type StoredDocument } from './stored-documents.query.js';
import type { JobView } from '../people/people.exports.js';
import { packageMeantBy, type Titled, type CatalogDocuments, type CatalogKind } from '../policy/policy.exports.js';
import { Catalog } from './catalog.query.js';

/** The names that belong to the ids in a document. */
export interface CatalogNames {
  readonly application: { readonly ownerPeople: readonly NamedPerson[] };
  readonly 'access-package': { readonly applications: readonly Titled[] };
  readonly 'birthright-rule': { readonly packageNames: readonly Titled[] };
  readonly 'separation-rule': object;
  readonly 'mover-rule': object;
  readonly 'name-rule': object;
  readonly workflow: { readonly packageNames: readonly Titled[] };
}

/** The current document with its id, version and the names of the ids in it. */
export type CatalogItem<Kind extends CatalogKind = CatalogKind> = {
  readonly id: string;
  readonly version: number;
} & CatalogDocuments[Kind] &
  CatalogNames[Kind];

/** A defined document with the job that applies it; the job is null if nothing changed. */
export type DefinedItem<Kind extends CatalogKind = CatalogKind> = CatalogItem<Kind> & { readonly job: JobView | null };

/** A defined package, and what may not do what its author thinks. */
export type DefinedPackage = DefinedItem<'access-package'> & { readonly warnings: readonly DefinitionWarning[] };

interface Row {
  readonly id: string;
  readonly version: number;
  readonly document: CatalogDocuments[CatalogKind];
}

/** Which drafts are shown: all, or those with these ids. */
export type SeenDrafts = 'all' | readonly string[];

export class GetCatalogDocument<Kind extends CatalogKind = CatalogKind> extends Query<CatalogItem<Kind>> {
  constructor(
    readonly kind: Kind,
    readonly id: string,
    readonly drafts: SeenDrafts = 'all',
  ) {
    super();
  }
}

export class ListCatalogDocuments<Kind extends CatalogKind = CatalogKind> extends Query<Page<CatalogItem<Kind>>> {
  constructor(
    readonly kind: Kind,
    readonly part: ListPart,
    readonly drafts: SeenDrafts = 'all',
  ) {
    super();
  }
}

const field = (name: string): Column => ({ sql: `document ->> '${name}'`, type: 'text' });
const listField = (name: string): Column => ({
  sql: `array(select jsonb_array_elements_text(document -> '${name}'))`,
  type: 'key[]',
});

/** What a filter over each kind may read. */
const filterColumns: Readonly<Record<CatalogKind, Readonly<Record<string, Column>>>> = {
  application: {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    connectorId: field('connectorId'),
    provisionedBy: field('provisionedBy'),
    dataClass: field('dataClass'),
    owners: listField('owners'),
  },
  'access-package': {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    description: field('description'),
    status: field('status'),
    requestFor: field('requestFor'),
    'grants.application': {
      sql: `array(select granted ->> 'application' from jsonb_array_elements(document -> 'grants') granted)`,
      type: 'key[]',
    },
  },
  'birthright-rule': {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    packages: listField('packages'),
  },
  'separation-rule': {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    mode: { sql: `coalesce(document ->> 'mode', 'prevent')`, type: 'text' },
    owners: listField('owners'),
  },
  'mover-rule': {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    requestedAccess: field('requestedAccess'),
  },
  'name-rule': { id: { sql: 'id', type: 'key' }, displayName: field('displayName') },
  workflow: {
    id: { sql: 'id', type: 'key' },
    displayName: field('displayName'),
    trigger: field('trigger'),
  },
};

const peopleAmong = (owners: readonly string[]): string[] => owners.filter((one) => packageMeantBy(one) === null);

/** Documents with the names of the people, applications and packages that they mention. */
@Injectable()
export class NamedDocuments {
  constructor(
    private readonly names: Names,
    private readonly catalog: Catalog,
  ) {}

  async itemsOf(rows: readonly Row[]): Promise<CatalogItem[]> {
    const owners = rows.flatMap(({ document }) => ('connectorId' in document ? peopleAmong(document.owners) : []));
    const [person, catalog] = await Promise.all([this.names.of(owners), this.catalog.current()]);
    return rows.map(({ id, version, document }): CatalogItem => {
      const known = { id, version };
      if ('left' in document || 'renames' in document || 'pattern' in document) return { ...known, ...document };
      if ('connectorId' in document)
        return { ...known, ...document, ownerPeople: peopleAmong(document.owners).map(person) };
      if ('steps' in document) {
        const named = [...new Set(document.steps.flatMap((step) => step.package ?? []))];
        return { ...known, ...document, packageNames: named.map((name) => catalog.titleOf('access-package', name)) };
      }
      if ('packages' in document) {
        const packageNames = document.packages.map((name) => catalog.titleOf('access-package', name));
        return { ...known, ...document, packageNames };
      }
      const granted = [...new Set(document.grants.map(({ application }) => application))];
      return { ...known, ...document, applications: granted.map((name) => catalog.titleOf('application', name)) };
    });
  }
}

/** Two parameters of a statement: all drafts, and the ids of drafts. */
const shownDrafts = (drafts: SeenDrafts): [boolean, readonly string[]] =>
  drafts === 'all' ? [true, []] : [false, drafts];

@QueryHandler(GetCatalogDocument)
export class GetCatalogDocumentHandler implements IQueryHandler<GetCatalogDocument> {
  constructor(
    private readonly db: Database,
    private readonly documents: StoredDocuments,
    private readonly named: NamedDocuments,
  ) {}

  async execute({ kind, id, drafts }: GetCatalogDocument): Promise<CatalogItem> {
    const [item] = await this.named.itemsOf(
      await this.documents.current(
        await this.db.query<StoredDocument & Record<string, unknown>>(
          `select kind, id, version, fold, document from catalog_entry
           where kind = $1 and id = $2 and ($3 or coalesce(document ->> 'status', '') <> 'draft' or id = any($4::text[]))`,
          [kind, id, ...shownDrafts(drafts)],
        ),
      ),
    );
    if (item === undefined) throw new NotFound(kind.replace('-', ' '), id);
    return item;
  }
}

@QueryHandler(ListCatalogDocuments)
export class ListCatalogDocumentsHandler implements IQueryHandler<ListCatalogDocuments> {
  constructor(
    private readonly db: Database,
    private readonly documents: StoredDocuments,
    private readonly named: NamedDocuments,
  ) {}

  async execute({ kind, part: { limit, cursor, filter }, drafts }: ListCatalogDocuments): Promise<Page<CatalogItem>> {
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const condition = listCondition(filter, filterColumns[kind], 6);
    const rows = await this.db.query<StoredDocument & Record<string, unknown>>(
      `select kind, id, version, fold, document from catalog_entry
       where kind = $1 and id > $2 and ($4 or coalesce(document ->> 'status', '') <> 'draft' or id = any($5::text[])) and (${condition.sql})
       order by id limit $3`,
      [kind, after, limit + 1, ...shownDrafts(drafts), ...condition.params],
    );
    const { items, nextCursor } = pageOf(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    );
    return { items: await this.named.itemsOf(await this.documents.current(items)), nextCursor };
  }
}
