import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Loaded, StoredState } from '#libs/event-store/event-stream.js';
import type { KnownWorker, Worker } from './worker.js';
import { foldOf, type Holder } from './worker-keys.js';
import { stateOfRow, type WorkerRow } from './worker-rows.projection.js';
import { Workers } from './workers.stream.js';

/** Whom a record may concern. */
export interface RecordKey {
  readonly employeeId: string;
  readonly personId: string | null;
  /** employeeIds of others that it names, such as the manager's; one for each of {@link mentions}, empty if it is not named. */
  readonly mentioned: readonly string[];
}

/** Fields of a worker that hold an employeeId. */
export const mentions = ['managerId', 'sponsorId'] as const;

export interface Found {
  /** Workers whose employeeIds fold alike, by that fold. */
  readonly workers: Map<string, readonly Holder<Loaded<Worker>>[]>;
  /** UUIDs of persons whose personIds fold alike, by that fold. */
  readonly persons: Map<string, readonly Holder<string>[]>;
  /** Known employeeIds that fold like a mentioned one, by that fold. */
  readonly mentioned: Map<string, readonly string[]>;
  /** UUIDs of workers of whom the brake holds a statement. */
  readonly braked: ReadonlySet<string>;
}

type Asked = Omit<WorkerRow, 'worker'> & {
  readonly worker: string | null;
  readonly braked: boolean | null;
  readonly asked_person_id: string | null;
  readonly asked_person: string | null;
  readonly mentioned: readonly string[];
};

/** Old keys may fold to the same text. More than this number would be an attack. */
const mostSimilar = 20;

/** Statements held by the brake, not because of their number. */
const bySpeed = `h.status = 'held' and h.kind in ('leaving', 'losing-access')`;

export const workerColumns = `w.worker, w.employee_id, w.person, w.version, w.employed, w.on_leave, w.awaits_day, w.was_hired, w.attributes, w.fold`;

/**
 * Finds workers by what HR calls them. States come from the rows that were written with the facts, so the cost does not
 * grow with the history of a worker. If a row is old, its version makes the work fail, and the decision is made again.
 */
@Injectable()
export class WorkerLookup {
  constructor(
    private readonly db: Database,
    private readonly workers: Workers,
  ) {}

  /** One query for any number of records, with lateral joins: PostgreSQL then uses the index, whatever its statistics say. */
  async find(keys: readonly RecordKey[]): Promise<Found> {
    const rows = await this.db.query<Asked>(
      `select ${workerColumns}, w.braked, p.person_id as asked_person_id, p.person as asked_person,
         array(select x.employee_id from worker x
               where x.folded_id = any(array[k.folded_manager, k.folded_sponsor]) limit ${mostSimilar}) as mentioned
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as k(folded_id, folded_person, folded_manager, folded_sponsor)
       left join lateral (
         select *, exists (select 1 from hold h where h.worker = x.worker and ${bySpeed}) as braked from worker x where x.folded_id = k.folded_id limit ${mostSimilar}) w on true
       left join lateral (select * from person x where x.folded_id = k.folded_person limit ${mostSimilar}) p on true`,
      [
        keys.map(({ employeeId }) => foldOf(employeeId)),
        keys.map(({ personId }) => (personId === null ? null : foldOf(personId))),
        ...mentions.map((_, index) => keys.map(({ mentioned }) => foldOrNull(mentioned[index]))),
      ],
    );
    const known = rows.filter(isFound);
    const loaded = await this.loaded(known);
    const workers = new Map(known.flatMap(({ employee_id: key }, index) => holderOf(key, loaded[index])));
    const persons = new Map<string, string>();
    const braked = new Set<string>();
    for (const row of rows) {
      if (row.worker !== null && row.braked === true) braked.add(row.worker);
      if (row.asked_person_id !== null && row.asked_person !== null) persons.set(row.asked_person_id, row.asked_person);
    }
    const mentioned = new Set(rows.flatMap((row) => row.mentioned));
    return { workers: alike(workers), persons: alike(persons), mentioned: Map.groupBy(mentioned, foldOf), braked };
  }

  /** By UUID, in one query. */
  async byWorker(ids: readonly string[]): Promise<Loaded<Worker>[]> {
    const rows = await this.db.query<WorkerRow>(
      `select ${workerColumns} from worker w where w.worker = any($1::uuid[])`,
      [ids],
    );
    return await this.loaded(rows);
  }

  /** The workers of the rows, without forgotten ones. */
  async current(rows: readonly WorkerRow[]): Promise<KnownWorker[]> {
    const loaded = await this.loaded(rows);
    return loaded.flatMap(({ state }) => (state.status === 'known' && state.attributes !== null ? [state] : []));
  }

  /** From the rows, or from the streams where another fold wrote a row. */
  private loaded(rows: readonly WorkerRow[]): Promise<Loaded<Worker>[]> {
    return this.workers.loadRows(rows.map(storedOf));
  }
}

const foldOrNull = (key: string | undefined): string | null => (key === undefined || key === '' ? null : foldOf(key));

const isFound = (row: Asked): row is Asked & { readonly worker: string } => row.worker !== null;

function alike<Value>(values: ReadonlyMap<string, Value>): Map<string, readonly Holder<Value>[]> {
  const folded = new Map<string, Holder<Value>[]>();
  for (const [key, value] of values) {
    const holders = folded.get(foldOf(key));
    if (holders === undefined) folded.set(foldOf(key), [{ key, value }]);
    else holders.push({ key, value });
  }
  return folded;
}

const holderOf = (key: string, loaded: Loaded<Worker> | undefined): [string, Loaded<Worker>][] =>
  loaded === undefined ? [] : [[key, loaded]];

const storedOf = (row: WorkerRow): StoredState => ({
  id: row.worker,
  version: row.version,
  fold: row.fold,
  state: stateOfRow(row),
});
