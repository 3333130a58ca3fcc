import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { Group } from './group.js';
import type { GroupEvent } from './group.events.js';

/** The application's id of each group the hub knows. */
export const groupRows: ReadModel<Group, GroupEvent> = {
  name: 'app_group',
  tables: ['app_group'],
  write: (changes, work, fold) => {
    const rows = changes.flatMap(({ facts, after }) => {
      const last = facts.at(-1);
      return last === undefined
        ? []
        : [
            {
              connector: last.data.connector,
              name: last.data.name,
              group_id: after.groupId,
              remade: after.remade,
              in_question: after.inQuestion,
            },
          ];
    });
    work.run(
      `insert into app_group (connector, name, group_id, remade, in_question, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(connector text, name text, group_id text, remade boolean, in_question boolean)
       on conflict (connector, name) do update set group_id = excluded.group_id, remade = excluded.remade, in_question = excluded.in_question, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
