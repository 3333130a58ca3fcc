import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '#libs/event-store/database.js';
import { decodeCursor, pageOf, type Page } from '#libs/service-kit/page.js';
import { NotFound } from '#libs/service-kit/problem.js';
import type { CatalogDocuments, CatalogKind } from './documents.js';

/** A document as it stands, with its id and version. */
export type CatalogItem<Kind extends CatalogKind = CatalogKind> = {
  readonly id: string;
  readonly version: number;
} & CatalogDocuments[Kind];

interface Row {
  readonly id: string;
  readonly version: number;
  readonly document: CatalogDocuments[CatalogKind];
}

const itemOf = ({ id, version, document }: Row): CatalogItem => ({ id, version, ...document });

export class GetCatalogDocument extends Query<CatalogItem> {
  constructor(
    readonly kind: CatalogKind,
    readonly id: string,
  ) {
    super();
  }
}

export class ListCatalogDocuments extends Query<Page<CatalogItem>> {
  constructor(
    readonly kind: CatalogKind,
    readonly limit: number,
    readonly cursor: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetCatalogDocument)
export class GetCatalogDocumentHandler implements IQueryHandler<GetCatalogDocument> {
  constructor(private readonly db: Database) {}

  async execute({ kind, id }: GetCatalogDocument): Promise<CatalogItem> {
    const [row] = await this.db.query<Row>(
      `select id, version, document from catalog_entry where kind = $1 and id = $2`,
      [kind, id],
    );
    if (row === undefined) throw new NotFound(kind.replace('-', ' '), id);
    return itemOf(row);
  }
}

@QueryHandler(ListCatalogDocuments)
export class ListCatalogDocumentsHandler implements IQueryHandler<ListCatalogDocuments> {
  constructor(private readonly db: Database) {}

  async execute({ kind, limit, cursor }: ListCatalogDocuments): Promise<Page<CatalogItem>> {
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const rows = await this.db.query<Row>(
      `select id, version, document from catalog_entry where kind = $1 and id > $2 order by id limit $3`,
      [kind, after, limit + 1],
    );
    return pageOf(rows, limit, ({ id }) => [id], itemOf);
  }
}
