import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { ObservedAccess } from './observed-access.js';
import type { ObservedAccessEvent } from './observed-access.events.js';

/** One row for each person behind a connector, with what the last reading that showed a difference showed. */
export const observedAccessRows: ReadModel<ObservedAccess, ObservedAccessEvent> = {
  name: 'observed_access',
  tables: ['observed_access'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ version, after }) =>
      after === null
        ? []
        : [
            {
              connector: after.connector,
              identity_id: after.identityId,
              account_id: after.accountId,
              version,
              state: after,
            },
          ],
    );
    if (rows.length === 0) return;
    work.run(
      `insert into observed_access (connector, identity_id, account_id, version, state, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(connector text, identity_id uuid, account_id text, version int, state jsonb)
       on conflict (connector, identity_id) do update set account_id = excluded.account_id, version = excluded.version,
         state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
