import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { AccountList } from './account-list.js';
import type { AccountListEvent } from './account-list.events.js';

/** One row for each connector of whose application somebody uploaded a list, or was reminded of it. */
export const accountListRows: ReadModel<AccountList, AccountListEvent> = {
  name: 'account_list',
  tables: ['account_list'],
  write: (changes, work, fold) => {
    const rows = changes.map(({ id, version, after }) => ({
      connector: id,
      version,
      as_of: after.asOf,
      whole: after.whole,
      state: after,
    }));
    work.run(
      `insert into account_list (connector, version, as_of, whole, state, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(connector text, version int, as_of timestamptz, whole boolean, state jsonb)
       on conflict (connector) do update set version = excluded.version, as_of = excluded.as_of, whole = excluded.whole,
         state = excluded.state, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
