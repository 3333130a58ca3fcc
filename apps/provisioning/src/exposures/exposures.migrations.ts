import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of leavers that readings found: few of many. */
export class FoundAccounts1766800004000 implements MigrationInterface {
  readonly name = 'FoundAccounts1766800004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index observed_account_ghost on observed_account (connector, account_id)
      where classification = 'ghost' and missing_since is null`);
    await db.query(`create index exposure_of_account on exposure (connector, account_id) where closed_at is null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Access that should have ended and is not confirmed gone. */
export class Exposures1766500000000 implements MigrationInterface {
  readonly name = 'Exposures1766500000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table exposure (
        id          uuid primary key,
        version     int not null,
        connector   text not null,
        application text not null,
        identity_id uuid,
        account_id  text,
        kind        text not null,
        code        text not null,
        exposed     text[] not null,
        decided_at  timestamptz not null,
        due_at      timestamptz not null,
        opened_at   timestamptz not null,
        closed_at   timestamptz,
        state       jsonb not null,
        fold        smallint not null
      )`);
    await db.query(`create index exposure_open on exposure (due_at, id) where closed_at is null`);
    await db.query(`create index exposure_newest on exposure (opened_at, id)`);
    // When governance decided it; null in rows older than the column.
    await db.query(`alter table desired add decided_at timestamptz`);
    await db.query(
      `create index desired_dismissed on desired (application, identity_id) where dismissed_code is not null`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
