import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Runs for one person that somebody asked for. */
export class OnDemandRuns1767100021000 implements MigrationInterface {
  readonly name = 'OnDemandRuns1767100021000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table on_demand_run (
        id          uuid primary key,
        connector   text not null,
        identity_id uuid not null,
        kind        text not null,
        terms       jsonb not null default '{}',
        asked_by    text not null,
        asked_at    timestamptz not null,
        status      text not null,
        application text,
        steps       jsonb not null default '[]',
        finished_at timestamptz
      )`);
    await db.query(`create index on_demand_run_open on on_demand_run (connector, asked_at) where status = 'running'`);
    await db.query(`create index on_demand_run_old on on_demand_run (asked_at)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
