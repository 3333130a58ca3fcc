import type { Work } from '#libs/event-store/work.js';
import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { CatalogEvent } from './catalog.events.js';
import type { Defined } from './catalog-document.js';
import type { CatalogDocuments, CatalogKind } from '../policy/policy.exports.js';
import { originsOf } from './origin.js';

/** The newest version of each document. Each change raises the one catalog version that decisions are made under. */
export function catalogRows<Document extends CatalogDocuments[CatalogKind], Event extends CatalogEvent>(
  kind: CatalogKind,
): ReadModel<Defined<Document>, Event> {
  return {
    name: kind,
    tables: ['catalog_entry', 'catalog_version'],
    notDerived: { 'catalog_version.version': 'counts changes, so that a reader of the catalog notices one' },
    write: (changes, work, fold) => {
      work.run(
        `insert into catalog_entry as e (kind, id, version, document, gives, grants, separates, reach, fold)
         select $1::text, x.id, x.version, x.document, x.gives, x.grants, x.separates, x.reach, ${fold}
         from jsonb_to_recordset($2::jsonb) as x(id text, version int, document jsonb, gives jsonb, grants jsonb, separates jsonb, reach jsonb)
         on conflict (kind, id) do update set version = excluded.version, document = excluded.document, reach = excluded.reach, fold = excluded.fold,
           gives = coalesce(excluded.gives, e.gives), grants = coalesce(excluded.grants, e.grants), separates = coalesce(excluded.separates, e.separates)`,
        [
          kind,
          JSON.stringify(
            changes.map(({ id, version, before, after, facts }) => ({
              id,
              version,
              document: after.document,
              reach: after.reach ?? null,
              ...originsOf(kind, before.document, facts),
            })),
          ),
        ],
      );
      raiseCatalogVersion(work);
    },
  };
}

/** One work raises it once, whatever it changes of the catalog. */
const raised = {};

/** A work that decides under the catalog notices the change. */
export function raiseCatalogVersion(work: Work): void {
  work.finishWith(raised, () => work.run(`update catalog_version set version = version + 1`));
}
