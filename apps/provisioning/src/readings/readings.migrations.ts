import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What applications show of their accounts and who holds what, and how they were read. */
export class Readings1765300001000 implements MigrationInterface {
  readonly name = 'Readings1765300001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table account_reading (
        id           uuid primary key,
        connector    text not null,
        trigger      text not null,
        confirmed    int,
        status       text not null,
        phase        text not null,
        requested_at timestamptz not null,
        started_at   timestamptz,
        finished_at  timestamptz,
        expected     int,
        pages        int not null default 0,
        accounts     int not null default 0,
        added        int not null default 0,
        changed      int not null default 0,
        returned     int not null default 0,
        missing      int not null default 0,
        holdings     int not null default 0,
        reason       text,
        detail       text,
        not_shown    jsonb not null default '[]'
      )`);
    await db.query(`create unique index account_reading_open on account_reading (connector) where status = 'running'`);
    await db.query(`create index account_reading_newest on account_reading (connector, requested_at desc, id)`);
    // Numbers let a reading note in few bytes which accounts it was shown.
    await db.query(`
      create table observed_account (
        connector     text not null,
        account_id    text not null,
        no            bigint generated always as identity,
        digest        text not null,
        user_name     text,
        external_id   text,
        active        boolean,
        created_at    text,
        shown         jsonb not null,
        first_seen_at timestamptz not null,
        changed_at    timestamptz not null,
        missing_since timestamptz,
        primary key (connector, account_id)
      ) with (fillfactor = 80)`);
    await db.query(`create unique index observed_account_no on observed_account (connector, no)`);
    await db.query(`
      create table observed_holding (
        connector      text not null,
        kind           text not null,
        entitlement_id text not null,
        account_no     bigint not null,
        first_seen_at  timestamptz not null,
        primary key (connector, kind, entitlement_id, account_no)
      )`);
    await db.query(`create index observed_holding_account on observed_holding (connector, account_no)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Of what a complete reading did not show who holds it. */
export class UnreadHoldings1767100011000 implements MigrationInterface {
  readonly name = 'UnreadHoldings1767100011000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table account_reading add column unread jsonb not null default '[]'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
