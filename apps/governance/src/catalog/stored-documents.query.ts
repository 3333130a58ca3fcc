import { Injectable } from '@nestjs/common';
import { type CatalogEntry, filledDocument, type CatalogKind } from '../policy/policy.exports.js';
import { DocumentStreams } from './catalog.stream.js';

/** A row of table `catalog_entry`, as it was read. */
export interface StoredDocument {
  readonly kind: CatalogKind;
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly document: unknown;
  /** Null, or absent, where it is not that of an access package. */
  readonly reach?: unknown;
  readonly release?: CatalogEntry['release'];
  readonly gives?: CatalogEntry['gives'];
  readonly grants?: CatalogEntry['grants'];
  readonly separates?: CatalogEntry['separates'];
}

/** Reads documents of the catalog from rows: with the present fold, and with every default filled in. */
@Injectable()
export class StoredDocuments {
  constructor(private readonly streams: DocumentStreams) {}

  async current(rows: readonly StoredDocument[]): Promise<CatalogEntry[]> {
    const byKind = Map.groupBy(rows, ({ kind }) => kind);
    const entries = await Promise.all(
      [...byKind].map(async ([kind, ofKind]) => {
        const stored = ofKind.map(({ id, version, fold, document, reach = null }) => ({
          ...{ id, version, fold },
          state: { document, ...(reach === null ? {} : { reach }) },
        }));
        const loaded = await this.streams.of(kind).loadRows(stored);
        return loaded.flatMap(({ id, version, state: { document, reach } }, index) => {
          const { gives = null, grants = null, separates = null, release = null } = ofKind[index] ?? {};
          return document === null
            ? []
            : [
                {
                  kind,
                  id,
                  version,
                  document: filledDocument(kind, document),
                  gives,
                  grants,
                  separates,
                  release,
                  reach: reach ?? null,
                },
              ];
        });
      }),
    );
    return entries.flat();
  }
}
