import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log: leaves, what is personal in them, the tree above them, and what was signed. All of it append-only. */
export class Log1764000100000 implements MigrationInterface {
  readonly name = 'Log1764000100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table leaf (
        index          bigint primary key,
        event_id       uuid not null,
        type           text not null,
        hash           bytea not null check (length(hash) = 32),
        leaf_data      text not null,
        source         text not null,
        epoch          int not null,
        sequence       int not null,
        subject        text not null,
        identity       uuid,
        application    text,
        actor          text not null,
        correlation_id uuid not null,
        causation_id   uuid,
        occurred_at    timestamptz not null,
        recorded_at    timestamptz not null,
        unique (event_id, type)
      )`);
    await db.query(`create index leaf_identity on leaf (identity, index) where identity is not null`);
    await db.query(`create index leaf_application on leaf (lower(application), index) where application is not null`);
    await db.query(`create index leaf_subject on leaf (subject)`);
    await db.query(`create index leaf_correlation on leaf (correlation_id)`);
    await db.query(`create index leaf_causation on leaf (causation_id)`);
    await db.query(`
      create table leaf_part (
        index   bigint not null,
        subject uuid not null,
        sealed  text,
        primary key (index, subject)
      )`);
    await db.query(`
      create table holder (
        application text not null,
        identity    uuid not null,
        primary key (application, identity)
      )`);
    await db.query(`create index holder_identity on holder (identity, application)`);
    await db.query(`
      create table node (
        level int not null check (level > 0),
        index bigint not null,
        hash  bytea not null check (length(hash) = 32),
        primary key (level, index)
      )`);
    await db.query(`
      create table tree_head (
        single      boolean primary key default true check (single),
        size        bigint not null,
        edge        bytea not null,
        recorded_at timestamptz not null
      )`);
    await db.query(`insert into tree_head (size, edge, recorded_at) values (0, '', 'epoch')`);
    await db.query(`
      create table signed_checkpoint (
        size      bigint primary key,
        root      bytea not null check (length(root) = 32),
        note      text not null,
        signed_at timestamptz not null
      )`);
    await db.query(`
      create table log_key (
        single     boolean primary key default true check (single),
        origin     text not null,
        sealed     text not null,
        created_at timestamptz not null
      )`);
    await db.query(`
      create function refuse_log_change() returns trigger language plpgsql as $$
      begin
        raise exception 'the log is append-only: % of % refused', tg_op, tg_table_name using errcode = 'HB003';
      end $$`);
    for (const table of ['leaf', 'leaf_part', 'node', 'signed_checkpoint', 'log_key']) {
      await db.query(
        `create trigger append_only before update or delete on ${table} for each row execute function refuse_log_change()`,
      );
      await db.query(
        `create trigger append_only_all before truncate on ${table} for each statement execute function refuse_log_change()`,
      );
    }
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Applications are compared exactly. */
export class LeafApplication1764600000000 implements MigrationInterface {
  readonly name = 'LeafApplication1764600000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`drop index leaf_application`);
    await db.query(`create index leaf_application on leaf (application, index) where application is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Each checkpoint says, signed, which one came before it. Those of before say nothing. */
export class CheckpointLinks1764900003000 implements MigrationInterface {
  readonly name = 'CheckpointLinks1764900003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table signed_checkpoint add previous bigint, add link bytea`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
export class LeafStatistics1766500001000 implements MigrationInterface {
  readonly name = 'LeafStatistics1766500001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table leaf alter column leaf_data set statistics 0, alter column hash set statistics 0`);
    await db.query(`alter table leaf_part alter column sealed set statistics 0`);
    await db.query(`alter table node alter column hash set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
