import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Connector } from './connector.js';
import type { ConnectorEvent } from './connector.events.js';

/** The document of each connector, as its worker and the API read it. */
export const connectorRows: ReadModel<Connector, ConnectorEvent> = {
  name: 'connector',
  tables: ['connector'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ id, version, after }) =>
      after.document === null ? [] : [{ id, version, ...after }],
    );
    work.run(
      `insert into connector (id, version, status, document, pilot, sources, authoritative, fold)
       select x.id, x.version, x.status, x.document, x.pilot, x.sources, x.authoritative, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id text, version int, status text, document jsonb, pilot boolean, sources text[], authoritative jsonb)
       on conflict (id) do update set version = excluded.version, status = excluded.status, document = excluded.document,
         pilot = excluded.pilot, sources = excluded.sources, authoritative = excluded.authoritative, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
