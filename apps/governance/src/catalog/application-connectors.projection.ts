import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Defined } from './catalog-document.js';
import type { ApplicationDefined } from './catalog.events.js';
import type { Application } from '../policy/policy.exports.js';

/** Which application has which connector. The row is unique, so two simultaneous requests cannot both get it. */
export const applicationConnectors: ReadModel<Defined<Application>, ApplicationDefined> = {
  name: 'application_connector',
  tables: ['application_connector'],
  write: (changes, work) => {
    // Connectors that were already shared stay as they are.
    const moved = changes.filter(
      ({ before, after }) =>
        after.document?.connectorId != null && before.document?.connectorId !== after.document.connectorId,
    );
    if (moved.length === 0) return;
    work.run(
      `insert into application_connector (application, connector_id) select * from unnest($1::text[], $2::text[])
       on conflict (application) do update set connector_id = excluded.connector_id`,
      [moved.map(({ id }) => id), moved.map(({ after }) => after.document?.connectorId)],
    );
  },
  // Where two applications already share a connector, the one that has the row keeps it.
  restore: (changes, work) => {
    const held = changes.filter(({ after }) => after.document?.connectorId != null);
    work.run(
      `insert into application_connector as c (application, connector_id)
       select distinct on (x.connector) x.application, x.connector from unnest($1::text[], $2::text[]) as x(application, connector)
       where not exists (select from application_connector o where o.connector_id = x.connector and o.application <> x.application)
       order by x.connector, x.application
       on conflict (application) do update set connector_id = excluded.connector_id
         where c.connector_id is distinct from excluded.connector_id`,
      [held.map(({ id }) => id), held.map(({ after }) => after.document?.connectorId)],
    );
  },
};
