import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The store's tables, in each service's own schema. */
class EventStoreTables1764000000000 implements MigrationInterface {
  readonly name = 'EventStoreTables1764000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table events (
        epoch          int not null,
        tx             xid8 not null default pg_current_xact_id(),
        position       bigint generated always as identity,
        stream         text not null,
        version        int not null check (version > 0),
        id             uuid not null,
        type           text not null,
        v              int not null,
        data           text not null,
        personal       text,
        actor          text not null,
        correlation_id uuid not null,
        causation_id   uuid,
        occurred_at    timestamptz not null,
        bulk           boolean not null default false,
        recorded_at    timestamptz not null default clock_timestamp(),
        primary key (epoch, tx, position),
        unique (stream, version)
      )`);
    await db.query(`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception 'events are append-only: % refused', tg_op using errcode = 'HB003';
      end $$`);
    await db.query(
      `create trigger append_only before update or delete on events for each row execute function refuse_change()`,
    );
    await db.query(
      `create trigger append_only_all before truncate on events for each statement execute function refuse_change()`,
    );
    await db.query(`
      create function assert_rows(actual bigint, wanted bigint, what text, state text) returns boolean
      language plpgsql as $$
      begin
        if actual is distinct from wanted then
          if state = 'HB002' then
            raise exception '%', what using errcode = state;
          end if;
          raise exception '%: % of %', what, actual, wanted using errcode = state;
        end if;
        return true;
      end $$`);
    await db.query(`
      create table subject_key (
        subject      uuid not null,
        class        text not null,
        reference    text,
        key          bytea,
        forgotten_at timestamptz,
        primary key (subject, class),
        check ((key is null) = (forgotten_at is not null))
      )`);
    await db.query(`
      create table lease (
        name       text primary key,
        epoch      int not null,
        holder     text not null,
        expires_at timestamptz not null,
        unique (name, epoch)
      )`);
    await db.query(`
      create table checkpoint (
        reader   text primary key,
        epoch    int not null,
        tx       xid8 not null,
        position bigint not null
      )`);
    await db.query(`
      create table store_identity (
        single            boolean primary key check (single),
        system_identifier text not null,
        timeline          int not null,
        epoch             int not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/**
 * Analyses the tables of a schema that have grown much, as their owner: whoever works in them may not. One function for each
 * schema. Names what it analysed.
 */
export const analyzeGrownSql = (schema: string): string => `
  create or replace function ${schema}.analyze_grown(least_new bigint) returns setof text
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $f$
  declare name text;
  begin
    for name in select format('%I.%I', schemaname, relname) from pg_stat_user_tables
      where schemaname = '${schema}' and n_mod_since_analyze > least_new + n_live_tup / 2
    loop
      execute 'analyze (skip_locked) ' || name;
      return next name;
    end loop;
  end $f$`;

class AnalyzeGrown1764000000100 implements MigrationInterface {
  readonly name = 'AnalyzeGrown1764000000100';

  async up(db: QueryRunner): Promise<void> {
    const [row] = (await db.query('select current_schema() as schema')) as { schema: string }[];
    await db.query(analyzeGrownSql(row?.schema ?? ''));
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Facts are found by their ids, from an effect back to its causes. */
class EventIds1765100002000 implements MigrationInterface {
  readonly name = 'EventIds1765100002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index events_id on events (id)');
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
class EventStatistics1766500006000 implements MigrationInterface {
  readonly name = 'EventStatistics1766500006000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table events alter column data set statistics 0, alter column personal set statistics 0`);
    await db.query(`alter table subject_key alter column key set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Migrations of the store's tables, for each service's own schema. */
export const eventStoreMigrations = [
  EventStoreTables1764000000000,
  AnalyzeGrown1764000000100,
  EventIds1765100002000,
  EventStatistics1766500006000,
];
