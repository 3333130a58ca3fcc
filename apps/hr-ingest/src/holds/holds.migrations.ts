import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Holds1764600200000 implements MigrationInterface {
  readonly name = 'Holds1764600200000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table hold (
        id         uuid primary key,
        import     uuid,
        line       int,
        worker     uuid,
        version    int,
        kind       text not null check (kind in ('leaving', 'losing-access', 'missing', 'other-person', 'repeated')),
        source     text not null,
        sealed     text not null,
        status     text not null check (status in ('held', 'passed', 'released', 'cancelled')),
        held_at    timestamptz not null,
        deadline   timestamptz not null,
        decided_at timestamptz,
        decided_by text
      )`);
    await db.query(`create index hold_import on hold (import, line) where import is not null`);
    await db.query(`create index hold_open on hold (id) where status = 'held'`);
    // The same statement again is the same thing held.
    await db.query(`create unique index hold_single on hold (worker, kind) where status = 'held' and import is null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class HoldsOfWorker1764900100000 implements MigrationInterface {
  readonly name = 'HoldsOfWorker1764900100000';

  async up(db: QueryRunner): Promise<void> {
    // Each statement asks whether the brake holds an earlier one about the same worker.
    await db.query(`create index hold_worker on hold (worker) where status = 'held'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
