import type { Database } from '#libs/event-store/database.js';
import type { StreamOfStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';

/** A read model of one category of streams, with the version of the fold that its rows should carry. */
export interface FoldOfReadModel {
  readonly category: string;
  readonly readModel: string;
  readonly fold: number;
}

/** Every read model of these streams, as this version of the service writes it. */
export const foldsOf = (streams: readonly StreamOfStore[]): FoldOfReadModel[] =>
  streams.flatMap(({ category, fold, readModels }) =>
    readModels.map(({ name: readModel }) => ({ category, readModel, fold })),
  );

/** Which fold wrote all rows of each read model. */
export class ReadModelFolds {
  constructor(private readonly db: Database) {}

  /** The read models that have, or may have, rows of another fold. */
  async stale(streams: readonly StreamOfStore[]): Promise<FoldOfReadModel[]> {
    const rows = await this.db.query<{ category: string; read_model: string; fold: number }>(
      'select category, read_model, fold from read_model_fold',
    );
    const known = new Map(rows.map(({ category, read_model, fold }) => [`${category} ${read_model}`, fold]));
    return foldsOf(streams).filter(({ category, readModel, fold }) => known.get(`${category} ${readModel}`) !== fold);
  }

  /** All rows of these read models are of these folds now. */
  record(work: Work, folds: readonly FoldOfReadModel[]): void {
    if (folds.length === 0) return;
    work.run(
      `insert into read_model_fold (category, read_model, fold) select * from unnest($1::text[], $2::text[], $3::int[])
       on conflict (category, read_model) do update set fold = excluded.fold`,
      [folds.map(({ category }) => category), folds.map(({ readModel }) => readModel), folds.map(({ fold }) => fold)],
    );
  }

  /** Tables, of those that only these read models write, with rows that another version of the service wrote. */
  async tablesOfOtherFolds(streams: readonly StreamOfStore[], readModels: readonly string[]): Promise<string[]> {
    const models = streams.flatMap(({ fold, readModels: own }) => own.map((model) => ({ ...model, fold })));
    const others = new Set(models.filter(({ name }) => !readModels.includes(name)).flatMap(({ tables }) => tables));
    const byTable = new Map<string, Set<number>>();
    for (const { fold, tables } of models)
      for (const table of tables)
        if (!others.has(table)) byTable.set(table, (byTable.get(table) ?? new Set()).add(fold));
    const marked = await this.db.query<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = $1 and column_name = 'fold' and table_name = any($2::text[]) order by 1`,
      [this.db.schema, [...byTable.keys()]],
    );
    const found: string[] = [];
    for (const { name } of marked) {
      const rows = await this.db.query(`select from ${name} where fold <> all($1::int[]) limit 1`, [
        [...(byTable.get(name) ?? [])],
      ]);
      if (rows.length > 0) found.push(name);
    }
    return found;
  }

  /** Has the service stored any fact? */
  async hasFacts(): Promise<boolean> {
    return (await this.db.query('select from events limit 1')).length > 0;
  }
}
