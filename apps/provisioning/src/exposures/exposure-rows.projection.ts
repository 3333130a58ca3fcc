import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Exposure } from './exposure.js';
import type { ExposureEvent } from './exposure.events.js';

/** One row for each account whose access is, or was, exposed. */
export const exposureRows: ReadModel<Exposure, ExposureEvent> = {
  name: 'exposure',
  tables: ['exposure'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ id, version, after }) => {
      if (after === null) return [];
      const { connector, application, identityId, accountId, kind, code, dueAt, openedAt, decidedAt } = after;
      return [
        {
          id,
          version,
          connector,
          application,
          identity_id: identityId,
          account_id: accountId,
          kind,
          code,
          exposed: after.entitlements.map(entitlementKey),
          decided_at: decidedAt,
          due_at: dueAt,
          opened_at: openedAt,
          closed_at: after.closed?.at ?? null,
          state: after,
        },
      ];
    });
    if (rows.length === 0) return;
    work.run(
      `insert into exposure as e (id, version, connector, application, identity_id, account_id, kind, code, exposed, decided_at, due_at, opened_at,
         closed_at, state, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, connector text, application text, identity_id uuid,
         account_id text, kind text, code text, exposed text[], decided_at timestamptz, due_at timestamptz, opened_at timestamptz,
         closed_at timestamptz, state jsonb)
       on conflict (id) do update set version = excluded.version, connector = excluded.connector, application = excluded.application,
         identity_id = excluded.identity_id, account_id = excluded.account_id, kind = excluded.kind, code = excluded.code,
         exposed = excluded.exposed, decided_at = excluded.decided_at, due_at = excluded.due_at, opened_at = excluded.opened_at,
         closed_at = excluded.closed_at, state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
