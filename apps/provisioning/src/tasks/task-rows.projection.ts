import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Task } from './task.js';
import type { TaskEvent } from './task.events.js';

/** One row for each task. */
export const taskRows: ReadModel<Task, TaskEvent> = {
  name: 'manual_task',
  tables: ['manual_task'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ id, version, after }) => {
      if (after === null) return [];
      const { connector, application, identityId, accountId, kind, status, givenAt, dueAt } = after;
      return [
        {
          id,
          version,
          connector,
          application,
          identity_id: identityId,
          account_id: accountId,
          kind,
          status,
          given_at: givenAt,
          due_at: dueAt,
          state: after,
        },
      ];
    });
    if (rows.length === 0) return;
    work.run(
      `insert into manual_task as t (id, version, connector, application, identity_id, account_id, kind, status, given_at, due_at, state, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(id uuid, version int, connector text, application text, identity_id uuid,
         account_id text, kind text, status text, given_at timestamptz, due_at timestamptz, state jsonb)
       on conflict (id) do update set version = excluded.version, connector = excluded.connector, application = excluded.application,
         identity_id = excluded.identity_id, account_id = excluded.account_id, kind = excluded.kind, status = excluded.status,
         given_at = excluded.given_at, due_at = excluded.due_at, state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
