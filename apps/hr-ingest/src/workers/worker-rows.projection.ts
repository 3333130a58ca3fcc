import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { Change, ReadModel } from '#libs/event-store/event-stream.js';
import type { WorkerEvent } from './worker.events.js';
import { canonicalKey } from '#libs/text/text.js';
import type { Worker } from './worker.js';
import { foldOf } from './worker-keys.js';

/** One row of table `worker`: the newest state, as written with the facts that led to it. */
export interface WorkerRow {
  readonly worker: string;
  readonly employee_id: string;
  readonly person: string;
  readonly version: number;
  readonly employed: boolean;
  readonly on_leave: boolean;
  readonly awaits_day: boolean;
  readonly was_hired: boolean;
  readonly attributes: WorkerAttributes;
  readonly fold: number;
}

/** The number in its canonical form, what numbers that differ only in case have in common, and whose worker it is. */
interface MoreColumns {
  readonly canonical_id: string;
  readonly folded_id: string;
  /** Who stated the worker first, until a full feed of another source names them. */
  readonly source: string | null;
}

const recordset = `jsonb_to_recordset($1::jsonb) as x(worker uuid, employee_id text, person uuid, version int,
  employed boolean, on_leave boolean, awaits_day boolean, was_hired boolean, attributes jsonb, canonical_id text, folded_id text, source text, fold int)`;

/** Workers by employeeId. A number taken by another worker in the meantime fails the work: load and decide again. */
export const workerRows: ReadModel<Worker, WorkerEvent> = {
  name: 'worker',
  tables: ['worker', 'person'],
  notDerived: {
    'worker.source': 'the first feed that stated them, until a full feed of another source names them',
    'worker.collides': 'of numbers that folded alike before that was refused',
    'person.collides': 'of personIds that folded alike before that was refused',
  },
  write: (changes, work, fold) => {
    const rows = changes.flatMap(
      ({ after, version, facts }) => rowOf(after, version, fold, facts[0]?.actor ?? null) ?? [],
    );
    if (rows.length > 0) {
      work.run(
        `insert into worker (worker, employee_id, person, version, employed, on_leave, awaits_day, was_hired, attributes, canonical_id, folded_id, source, fold)
         select x.* from ${recordset}
         on conflict (worker) do update set employee_id = excluded.employee_id, canonical_id = excluded.canonical_id,
           folded_id = excluded.folded_id, person = excluded.person, version = excluded.version, employed = excluded.employed,
           on_leave = excluded.on_leave, awaits_day = excluded.awaits_day, was_hired = excluded.was_hired,
           attributes = excluded.attributes, fold = excluded.fold`,
        [JSON.stringify(rows)],
      );
    }
    const persons = new Map(changes.flatMap(personsOf));
    if (persons.size > 0) {
      work.run(
        `insert into person as p (person_id, person, folded_id) select * from unnest($1::text[], $2::uuid[], $3::text[])
         on conflict (person_id) do update set person = excluded.person
         where case when p.person = excluded.person then false
           else assert_rows(0, 1, 'a personId that another record brought first', 'HB001') end`,
        [[...persons.keys()], [...persons.values()], [...persons.keys()].map(foldOf)],
      );
    }
  },
  restore: (changes, work, fold) => {
    workerRows.write(changes, work, fold);
    const forgotten = changes.flatMap(({ after }) =>
      after.status === 'known' && after.attributes === null ? [after] : [],
    );
    if (forgotten.length === 0) return;
    const ids = forgotten.map(({ worker }) => worker);
    work.run(`delete from worker where worker = any($1::uuid[])`, [ids]);
    // A personId is deleted with the last record that has it.
    work.run(
      `delete from person p where p.person = any($1::uuid[]) and not exists (
         select from worker w where w.person = p.person and w.worker <> all($2::uuid[]) and w.attributes ? 'personId')`,
      [forgotten.map(({ person }) => person), ids],
    );
  },
};

/** The personIds of a record that had none, each with the person it is of. */
function personsOf({ before, facts }: Change<Worker, WorkerEvent>): [personId: string, person: string][] {
  const brought: [string, string][] = [];
  let known = personIdOf(before);
  for (const { data, personal } of facts) {
    const personId = personal.worker.fields?.attributes.personId;
    if (personId !== undefined && known === undefined) brought.push([personId, data.person]);
    known = personId;
  }
  return brought;
}

function rowOf(after: Worker, version: number, fold: number, source: string | null): (WorkerRow & MoreColumns) | null {
  if (after.status === 'unknown' || after.attributes === null) return null;
  const { worker, person, employed, onLeave, awaitsDay, wasHired, attributes } = after;
  return {
    worker,
    employee_id: attributes.employeeId,
    person,
    version,
    employed,
    on_leave: onLeave,
    awaits_day: awaitsDay,
    was_hired: wasHired,
    attributes,
    canonical_id: canonicalKey(attributes.employeeId),
    folded_id: foldOf(attributes.employeeId),
    source,
    fold,
  };
}

const personIdOf = (worker: Worker): string | undefined =>
  worker.status === 'known' ? worker.attributes?.personId : undefined;

/** The state of a row; equal to the fold of its stream. */
export function stateOfRow(row: WorkerRow): Worker {
  return {
    status: 'known',
    worker: row.worker,
    person: row.person,
    employed: row.employed,
    onLeave: row.on_leave,
    awaitsDay: row.awaits_day,
    wasHired: row.was_hired,
    attributes: row.attributes,
  };
}
