import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connectors whose application refuses a large share of the accounts. */
export class Quarantines1767100023000 implements MigrationInterface {
  readonly name = 'Quarantines1767100023000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table connector_quarantine (
        connector     text primary key,
        version       int not null,
        since         timestamptz not null,
        failed        int not null,
        objects       int not null,
        probes        int not null,
        next_probe_at timestamptz not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
