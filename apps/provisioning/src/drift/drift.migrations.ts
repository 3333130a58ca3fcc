import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What differs between accounts and what the hub wrote, and what readings need to keep so that it can be said how it came to be. */
export class Drift1767000003000 implements MigrationInterface {
  readonly name = 'Drift1767000003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table observed_account add before jsonb, add holdings_changed_at timestamptz`);
    await db.query(`
      create table lost_holding (
        connector      text not null,
        kind           text not null,
        entitlement_id text not null,
        account_no     bigint not null,
        gone_at        timestamptz not null,
        primary key (connector, account_no, kind, entitlement_id)
      )`);
    // When the reading began whose accounts were compared last.
    await db.query(`create table drift_comparison (connector text primary key, compared_from timestamptz not null)`);
    await db.query(`
      create table drift (
        id          uuid primary key,
        connector   text not null,
        application text not null,
        identity_id uuid not null,
        account_id  text not null,
        code        text not null,
        target      text,
        entitlement jsonb not null,
        granted_id  text,
        class       text not null,
        desired     jsonb,
        written     jsonb,
        observed    jsonb,
        policy      text not null,
        state       text not null,
        reading     uuid not null,
        found_at    timestamptz not null,
        decided_by  text,
        decided_at  timestamptz,
        closed_at   timestamptz
      )`);
    await db.query(`
      create unique index drift_open on drift (connector, identity_id, code, coalesce(target, ''), (entitlement::text)) where closed_at is null`);
    await db.query(`create index drift_newest on drift (connector, found_at desc, id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
