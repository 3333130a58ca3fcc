import type { ApplicationMessage } from '#libs/contracts/catalog.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import type { Work } from '#libs/event-store/work.js';

/** Which application names which connector, and who owns it; an older message changes nothing. */
export function writeApplications(work: Work, messages: readonly PublicMessage<ApplicationMessage>[]): void {
  const rows = newestOf(messages, ({ body }) => body.application).flatMap(({ body, epoch, sequence }) => {
    const { application: id, connectorId, displayName, owners } = body;
    // Others give and take the access of an application without a connector.
    if (connectorId === undefined) return [];
    return [{ id, connector_id: connectorId, display_name: displayName, owners, epoch, sequence }];
  });
  if (rows.length === 0) return;
  work.run(
    `insert into application as a (id, connector_id, display_name, owners, epoch, sequence)
     select x.id, x.connector_id, x.display_name, x.owners, x.epoch, x.sequence
     from jsonb_to_recordset($1::jsonb) as x(id text, connector_id text, display_name text, owners uuid[], epoch int, sequence int)
     on conflict (id) do update set connector_id = excluded.connector_id, display_name = excluded.display_name,
       owners = excluded.owners, epoch = excluded.epoch, sequence = excluded.sequence
     where (excluded.epoch, excluded.sequence) > (a.epoch, a.sequence)`,
    [JSON.stringify(rows)],
  );
}
