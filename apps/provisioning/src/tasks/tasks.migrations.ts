import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tasks for people, and what applications without an API hold, as people said it. */
export class ManualTasks1766900101000 implements MigrationInterface {
  readonly name = 'ManualTasks1766900101000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table manual_task (
        id          uuid primary key,
        version     int not null,
        connector   text not null,
        application text not null,
        identity_id uuid,
        account_id  text,
        kind        text not null,
        status      text not null,
        given_at    timestamptz not null,
        due_at      timestamptz not null,
        state       jsonb not null,
        fold        smallint not null
      )`);
    await db.query(`create index manual_task_open on manual_task (connector, identity_id) where status = 'open'`);
    await db.query(`create index manual_task_due on manual_task (due_at, id)`);
    await db.query(`
      create table kept_account (
        connector   text not null,
        account_id  text not null,
        user_name   text,
        external_id text,
        active      boolean not null,
        attributes  jsonb not null,
        created_at  text,
        primary key (connector, account_id)
      )`);
    await db.query(`create index kept_account_user_name on kept_account (connector, lower(user_name))`);
    await db.query(`create index kept_account_external_id on kept_account (connector, external_id)`);
    await db.query(`
      create table kept_holding (
        connector  text not null,
        kind       text not null,
        name       text not null,
        account_id text not null,
        primary key (connector, kind, name, account_id)
      )`);
    await db.query(`create index kept_holding_account on kept_holding (connector, account_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
