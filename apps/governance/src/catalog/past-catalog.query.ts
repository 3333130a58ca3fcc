import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Change } from '#libs/event-store/event-stream.js';
import {
  type CatalogDocuments,
  type CatalogEntry,
  type CatalogKind,
  CatalogSnapshot,
} from '../policy/policy.exports.js';
import type { Defined } from './catalog-document.js';
import {
  AccessPackages,
  Applications,
  BirthrightRules,
  MoverRules,
  NameRuleStreams,
  SeparationRules,
} from './catalog.stream.js';
import { PackageReleases } from './package-releases.stream.js';

/** One version of a document, and the fact that defined it. */
export interface DefinedVersion {
  readonly version: number;
  readonly event: string;
  readonly at: string;
}

interface Documents {
  whole(
    ids: readonly string[],
    options?: { readonly until?: string },
  ): Promise<readonly Pick<Change<Defined<CatalogDocuments[CatalogKind]>, unknown>, 'id' | 'version' | 'after'>[]>;
}

/** The catalog as it was, from its facts. */
@Injectable()
export class PastCatalog {
  private readonly streams: readonly (readonly [CatalogKind, Documents])[];

  constructor(
    private readonly db: Database,
    applications: Applications,
    packages: AccessPackages,
    private readonly rules: BirthrightRules,
    separationRules: SeparationRules,
    moverRules: MoverRules,
    nameRules: NameRuleStreams,
    private readonly releases: PackageReleases,
  ) {
    this.streams = [
      ['application', applications],
      ['access-package', packages],
      ['birthright-rule', rules],
      ['separation-rule', separationRules],
      ['mover-rule', moverRules],
      ['name-rule', nameRules],
    ];
  }

  /** The documents that were defined by then. */
  async at(until: string): Promise<CatalogSnapshot> {
    const rows = await this.db.query<{ kind: CatalogKind; id: string }>(`select kind, id from catalog_entry`);
    const released = await this.releases.whole(
      rows.filter(({ kind }) => kind === 'access-package').map(({ id }) => id),
      { until },
    );
    const releases = new Map(released.map(({ id, after }) => [id, after]));
    const entries = await Promise.all(
      this.streams.map(async ([kind, documents]) => {
        const ids = rows.filter((row) => row.kind === kind).map(({ id }) => id);
        return (await documents.whole(ids, { until })).flatMap(({ id, version, after }): CatalogEntry[] =>
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
