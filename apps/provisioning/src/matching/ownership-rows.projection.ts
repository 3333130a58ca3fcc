import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { OwnershipEvent } from './ownership.events.js';
import type { OwnershipState } from './ownership.js';

/** The last decision about each account of which one was made. */
export const ownershipRows: ReadModel<OwnershipState, OwnershipEvent> = {
  name: 'account_ownership',
  tables: ['account_ownership'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ facts, after: { decided } }) => {
      const last = facts.at(-1);
      if (last === undefined || decided === null) return [];
      const { connector, accountId } = last.data;
      const { decision, identityId, kind, decidedBy, decidedAt, reason } = decided;
      return [
        {
          connector,
          account_id: accountId,
          decision,
          identity_id: identityId,
          kind,
          decided_by: decidedBy,
          reason,
          decided_at: decidedAt,
        },
      ];
    });
    if (rows.length === 0) return;
    work.run(
      `insert into account_ownership (connector, account_id, decision, identity_id, kind, decided_by, reason, decided_at, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb)
         as x(connector text, account_id text, decision text, identity_id uuid, kind text, decided_by text, reason text, decided_at timestamptz)
       on conflict (connector, account_id) do update set decision = excluded.decision, identity_id = excluded.identity_id,
         kind = excluded.kind, decided_by = excluded.decided_by, reason = excluded.reason, decided_at = excluded.decided_at, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
