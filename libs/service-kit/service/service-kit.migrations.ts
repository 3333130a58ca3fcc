import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Timers: everything that is due later. */
class Timer1764000010000 implements MigrationInterface {
  readonly name = 'Timer1764000010000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table timer (
        kind          text not null,
        key           text not null,
        due_at        timestamptz not null,
        payload       jsonb not null,
        claimed_until timestamptz,
        claims        int not null default 0,
        failures      int not null default 0,
        primary key (kind, key)
      )`);
    await db.query(`create index timer_due on timer (due_at)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Answers kept for `Idempotency-Key`, sealed, for 24 hours. */
class IdempotentAnswer1764000011000 implements MigrationInterface {
  readonly name = 'IdempotentAnswer1764000011000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table idempotent_answer (
        caller       uuid not null,
        route        text not null,
        key          text not null,
        fingerprint  text not null,
        running_until timestamptz not null,
        answer       text,
        expires_at   timestamptz not null,
        primary key (caller, route, key)
      )`);
    await db.query(`create index idempotent_answer_expires on idempotent_answer (expires_at)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The id of what a request makes, kept so that it is the same when the request is repeated. */
class IdempotentEffect1764000012000 implements MigrationInterface {
  readonly name = 'IdempotentEffect1764000012000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table idempotent_answer add column effect uuid not null default gen_random_uuid()`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rebuilds of read models, as far as they have come. */
class Rebuild1765000000100 implements MigrationInterface {
  readonly name = 'Rebuild1765000000100';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table rebuild (
        id           uuid primary key,
        read_models  text[] not null,
        status       text not null check (status in ('running', 'completed', 'failed')),
        total        int not null,
        processed    int not null default 0,
        requested_by text not null,
        started_at   timestamptz not null,
        finished_at  timestamptz,
        detail       text
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Which fold wrote all rows of each read model; nothing is known of those that are there: they are rebuilt once. */
class ReadModelFold1765100003000 implements MigrationInterface {
  readonly name = 'ReadModelFold1765100003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table read_model_fold (
        category   text not null,
        read_model text not null,
        fold       int not null,
        primary key (category, read_model)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** One value per database, sealed under its master key: another key is refused at start. The schema is the bus's. */
class MasterKeyCheck1764000013000 implements MigrationInterface {
  readonly name = 'MasterKeyCheck1764000013000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table if not exists bus.master_key_check (
        single boolean primary key check (single),
        sealed text not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export const serviceKitMigrations = [
  Timer1764000010000,
  IdempotentAnswer1764000011000,
  IdempotentEffect1764000012000,
  Rebuild1765000000100,
  ReadModelFold1765100003000,
];

/** Of the schema that all services share. */
export const sharedKitMigrations = [MasterKeyCheck1764000013000];
