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
        `insert into catalog_entry as e (kind, id, version, document, gives, grants, fold)
         select $1::text, x.id, x.version, x.document, x.gives, x.grants, ${fold}
         from jsonb_to_recordset($2::jsonb) as x(id text, version int, document jsonb, gives jsonb, grants jsonb)
         on conflict (kind, id) do update set version = excluded.version, document = excluded.document, fold = excluded.fold,
           gives = coalesce(excluded.gives, e.gives), grants = coalesce(excluded.grants, e.grants)`,
        [
          kind,
          JSON.stringify(
            changes.map(({ id, version, before, after, facts }) => ({
              id,
              version,
              document: after.document,
              ...originsOf(kind, before.document, facts),
            })),
          ),
        ],
      );
      work.run(`update catalog_version set version = version + 1`);
    },
  };
}
