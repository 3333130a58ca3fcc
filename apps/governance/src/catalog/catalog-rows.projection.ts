import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { CatalogEvent } from './catalog.events.js';
import type { Defined } from './catalog-document.js';
import type { CatalogKind } from './documents.js';

/** The newest version of each document. Each change raises the one catalog version that decisions are made under. */
export function catalogRows<Document, Event extends CatalogEvent>(
  kind: CatalogKind,
): ReadModel<Defined<Document>, Event> {
  return {
    name: kind,
    write: (changes, work) => {
      work.run(
        `insert into catalog_entry (kind, id, version, document)
         select $1::text, x.id, x.version, x.document
         from jsonb_to_recordset($2::jsonb) as x(id text, version int, document jsonb)
         on conflict (kind, id) do update set version = excluded.version, document = excluded.document`,
        [kind, JSON.stringify(changes.map(({ id, version, after }) => ({ id, version, document: after.document })))],
      );
      work.run(`update catalog_version set version = version + 1`);
    },
  };
}
