import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { DelegationEvent } from './delegation.events.js';
import type { Delegation } from './delegation.js';

/** One row for each delegation, over or not. */
export const delegationRows: ReadModel<Delegation, DelegationEvent> = {
  name: 'delegation',
  tables: ['delegation'],
  write: (changes, work, fold) =>
    work.run(
      `insert into delegation (id, version, delegator_id, delegate_id, from_at, until_at, ended_at, state, fold)
       select x.id, x.version, x."delegatorId", x."delegateId", x."from", x.until, x."endedAt", x.state, ${fold}
       from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, "delegatorId" uuid, "delegateId" uuid, "from" timestamptz,
         until timestamptz, "endedAt" timestamptz, state jsonb)
       on conflict (id) do update set version = excluded.version, delegator_id = excluded.delegator_id,
         delegate_id = excluded.delegate_id, from_at = excluded.from_at, until_at = excluded.until_at,
         ended_at = excluded.ended_at, state = excluded.state, fold = excluded.fold`,
      [
        JSON.stringify(
          changes.flatMap(({ id, version, after }) =>
            after === null ? [] : [{ ...after, id, version, state: after }],
          ),
        ),
      ],
    ),
};
