import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Worker } from './worker.js';
import { stateOfRow, type WorkerRow } from './worker-rows.projection.js';

/** Whom a record may concern. */
export interface RecordKey {
  readonly employeeId: string;
  readonly personId: string | null;
}

export interface Found {
  /** By employeeId; absent for a new worker. */
  readonly workers: Map<string, Loaded<Worker>>;
  /** UUID of the person, by personId. */
  readonly persons: Map<string, string>;
}

type Asked = Omit<WorkerRow, 'worker'> & {
  readonly worker: string | null;
  readonly asked_person_id: string | null;
  readonly asked_person: string | null;
};

const columns = `w.worker, w.employee_id, w.person, w.version, w.employed, w.on_leave, w.awaits_day, w.was_hired, w.attributes`;

/**
 * Finds workers by what HR calls them. States come from the rows that were written with the facts, so the cost does
 * not grow with a worker's history, and the version makes sure that a decision on a stale one is made again.
 */
@Injectable()
export class WorkerLookup {
  constructor(private readonly db: Database) {}

  /** In one query, for any number of records; lateral, so that every plan walks the index, whatever the statistics say. */
  async find(keys: readonly RecordKey[]): Promise<Found> {
    const rows = await this.db.query<Asked>(
      `select ${columns}, k.person_id as asked_person_id, p.person as asked_person
       from unnest($1::text[], $2::text[]) as k(employee_id, person_id)
       left join lateral (select * from worker x where x.employee_id = k.employee_id limit 1) w on true
       left join lateral (select * from person x where x.person_id = k.person_id limit 1) p on true`,
      [keys.map((key) => key.employeeId), keys.map((key) => key.personId)],
    );
    const workers = new Map<string, Loaded<Worker>>();
    const persons = new Map<string, string>();
    for (const row of rows) {
      if (row.worker !== null) workers.set(row.employee_id, loadedOf({ ...row, worker: row.worker }));
      if (row.asked_person_id !== null && row.asked_person !== null) persons.set(row.asked_person_id, row.asked_person);
    }
    return { workers, persons };
  }

  /** By UUID, in one query. */
  async byWorker(ids: readonly string[]): Promise<Loaded<Worker>[]> {
    const rows = await this.db.query<WorkerRow>(`select ${columns} from worker w where w.worker = any($1::uuid[])`, [
      ids,
    ]);
    return rows.map(loadedOf);
  }
}

const loadedOf = (row: WorkerRow): Loaded<Worker> => ({ id: row.worker, state: stateOfRow(row), version: row.version });
