import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Defined } from './catalog-document.js';
import type { ApplicationDefined } from './catalog.events.js';
import type { Application } from './documents.js';

/** Which application has which connector. The row is unique, so two simultaneous requests cannot both get it. */
export const applicationConnectors: ReadModel<Defined<Application>, ApplicationDefined> = {
  name: 'application_connector',
  write: (changes, work) => {
    // Connectors that were already shared stay as they are.
    const moved = changes.filter(({ before, after }) => before.document?.connectorId !== after.document?.connectorId);
    if (moved.length === 0) return;
    work.run(
      `insert into application_connector (application, connector_id) select * from unnest($1::text[], $2::text[])
       on conflict (application) do update set connector_id = excluded.connector_id`,
      [moved.map(({ id }) => id), moved.map(({ after }) => after.document?.connectorId)],
    );
  },
};
