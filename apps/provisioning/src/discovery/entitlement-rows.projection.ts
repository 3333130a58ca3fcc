import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Discovered } from './entitlement.js';
import type { EntitlementEvent } from './entitlement.events.js';

/** What the applications have to grant. */
export const entitlementRows: ReadModel<Discovered, EntitlementEvent> = {
  name: 'discovered_entitlement',
  tables: ['discovered_entitlement'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ facts, after }) => {
      const last = facts.at(-1);
      if (last === undefined || last.type === 'EntitlementsListed' || after.shown === null) return [];
      const { connector, kind, id } = last.data;
      return [{ connector, kind, id, ...after.shown, at: last.occurredAt }];
    });
    if (rows.length === 0) return;
    work.run(
      `insert into discovered_entitlement (connector, kind, id, name, description, gone, changed_at, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb)
         as x(connector text, kind text, id text, name text, description text, gone boolean, at timestamptz)
       on conflict (connector, kind, id) do update set name = excluded.name, description = excluded.description,
         gone = excluded.gone, changed_at = excluded.changed_at, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
