import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { catalogKinds, type CatalogEntry, type CatalogKind, CatalogSnapshot } from '../policy/policy.exports.js';
import { BirthrightRules, DocumentStreams } from './catalog.stream.js';
import { PackageReleases } from './package-releases.stream.js';

/** One version of a document, and the fact that defined it. */
export interface DefinedVersion {
  readonly version: number;
  readonly event: string;
  readonly at: string;
}

/** The catalog as it was, from its facts. */
@Injectable()
export class PastCatalog {
  constructor(
    private readonly db: Database,
    private readonly streams: DocumentStreams,
    private readonly rules: BirthrightRules,
    private readonly releases: PackageReleases,
  ) {}

  /** The documents that were defined by then. */
  async at(until: string): Promise<CatalogSnapshot> {
    const rows = await this.db.query<{ kind: CatalogKind; id: string }>(`select kind, id from catalog_entry`);
    const released = await this.releases.whole(
      rows.filter(({ kind }) => kind === 'access-package').map(({ id }) => id),
      { until },
    );
    const releases = new Map(released.map(({ id, after }) => [id, after]));
    const entries = await Promise.all(
      catalogKinds.map(async (kind) => {
        const ids = rows.filter((row) => row.kind === kind).map(({ id }) => id);
        return (await this.streams.of(kind).whole(ids, { until })).flatMap(({ id, version, after }): CatalogEntry[] =>
          after.document === null
            ? []
            : [
                {
                  kind,
                  id,
                  version,
                  document: after.document,
                  reach: after.reach ?? null,
                  release: releases.get(id) ?? null,
                },
              ],
        );
      }),
    );
    return new CatalogSnapshot(0, entries.flat());
  }

  /** All versions of these rules, oldest first. */
  async versionsOfRules(ids: readonly string[]): Promise<Map<string, DefinedVersion[]>> {
    const whole = await this.rules.whole([...new Set(ids)]);
    return new Map(
      whole.map(({ id, facts }) => [
        id,
        facts.map((fact, index) => ({ version: index + 1, event: fact.id, at: fact.occurredAt })),
      ]),
    );
  }
}
