import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { PackageReleases } from './package-releases.stream.js';
import { StoredDocuments, type StoredDocument } from './stored-documents.query.js';
import { CatalogSnapshot } from '../policy/policy.exports.js';

type Row = StoredDocument & { readonly catalog: number; readonly release_fold: number | null } & Record<
    string,
    unknown
  >;

/** The catalog in memory. Its version is checked before each use, so that every process decides under the newest. */
@Injectable()
export class Catalog extends CurrentCatalog {
  private snapshot = new CatalogSnapshot(-1, []);

  constructor(
    private readonly db: Database,
    private readonly documents: StoredDocuments,
    private readonly releases: PackageReleases,
  ) {
    super();
  }

  async current(): Promise<CatalogSnapshot> {
    const [row] = await this.db.query<{ version: number }>(`select version from catalog_version`);
    if (row?.version === this.snapshot.version) return this.snapshot;
    const find = (): Promise<Row[]> =>
      this.db.query<Row>(
        `select v.version as catalog, e.kind, e.id, e.version, e.fold, e.document, e.gives, e.grants, e.separates, e.reach, r.release, r.fold as release_fold
         from catalog_version v left join catalog_entry e on true
         left join package_release r on e.kind = 'access-package' and r.package_id = e.id`,
      );
    const rows = await currentRows(find, {
      streams: this.releases,
      shownBy: ({ id, release_fold: fold }) => [{ id, fold }],
    });
    const entries = await this.documents.current(rows.filter(({ id }) => (id as string | null) !== null));
    // Read last: what was changed since then has raised the version, and decisions under this one are refused.
    const sources = await this.db.query<{ connector: string; sources: string[] | null }>(
      `select connector, sources from connector_sources`,
    );
    this.snapshot = new CatalogSnapshot(
      rows[0]?.catalog ?? 0,
      entries,
      new Map(sources.map((row) => [row.connector, row.sources])),
    );
    return this.snapshot;
  }

  guard(work: Work, snapshot: CatalogSnapshot): void {
    work.expect(
      `select 1 from catalog_version where version = $1::int for share`,
      [snapshot.version],
      1,
      'catalog unchanged',
    );
  }
}
