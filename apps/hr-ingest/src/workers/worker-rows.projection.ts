import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { ReadModel } from '#libs/event-store/event-stream.js';
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
}

/** The number in its canonical form, what numbers that differ only in case have in common, and whose worker it is. */
interface MoreColumns {
  readonly canonical_id: string;
  readonly folded_id: string;
  /** Who stated the worker first, until a full feed of another source names them. */
  readonly source: string | null;
}

const recordset = `jsonb_to_recordset($1::jsonb) as x(worker uuid, employee_id text, person uuid, version int,
  employed boolean, on_leave boolean, awaits_day boolean, was_hired boolean, attributes jsonb, canonical_id text, folded_id text, source text)`;

/** Workers by employeeId. A number taken by another worker in the meantime fails the work: load and decide again. */
export const workerRows: ReadModel<Worker, WorkerEvent> = {
  name: 'worker',
  write: (changes, work) => {
    const rows = changes.flatMap(({ after, version, facts }) => rowOf(after, version, facts[0]?.actor ?? null) ?? []);
    if (rows.length > 0) {
      work.run(
        `insert into worker (worker, employee_id, person, version, employed, on_leave, awaits_day, was_hired, attributes, canonical_id, folded_id, source)
         select x.* from ${recordset}
         on conflict (worker) do update set employee_id = excluded.employee_id, canonical_id = excluded.canonical_id,
           folded_id = excluded.folded_id, person = excluded.person, version = excluded.version, employed = excluded.employed,
           on_leave = excluded.on_leave, awaits_day = excluded.awaits_day, was_hired = excluded.was_hired,
           attributes = excluded.attributes`,
        [JSON.stringify(rows)],
      );
    }
    const persons = new Map<string, string>();
    for (const { before, after } of changes) {
      const personId = personIdOf(after);
      if (after.status === 'known' && personId !== undefined && personIdOf(before) === undefined) {
        persons.set(personId, after.person);
      }
    }
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
};

function rowOf(after: Worker, version: number, source: string | null): (WorkerRow & MoreColumns) | null {
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
  };
}

const personIdOf = (worker: Worker): string | undefined =>
  worker.status === 'known' ? worker.attributes?.personId : undefined;

/** The state a row stands for; equal to the fold of its stream. */
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
