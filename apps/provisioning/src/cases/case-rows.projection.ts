import type { ReadModel } from '#libs/event-store/event-stream.js';
import type { CaseNotes } from './case.js';
import type { CaseEvent } from './case.events.js';

/** Who looks after each case, and how many comments it has. No text: that is read from the facts. */
export const caseRows: ReadModel<CaseNotes, CaseEvent> = {
  name: 'case_notes',
  tables: ['case_notes'],
  write: (changes, work, fold) => {
    const rows = changes.map(({ id, version, after }) => ({
      id,
      version,
      assignee: after.assignee,
      comments: after.comments.length,
    }));
    work.run(
      `insert into case_notes (id, version, assignee, comments, fold)
       select x.*, ${fold} from jsonb_to_recordset($1::jsonb) as x(id text, version int, assignee uuid, comments int)
       on conflict (id) do update set version = excluded.version, assignee = excluded.assignee, comments = excluded.comments, fold = excluded.fold`,
      [JSON.stringify(rows)],
    );
  },
};
