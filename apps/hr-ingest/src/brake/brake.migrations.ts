import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Brake1764600100000 implements MigrationInterface {
  readonly name = 'Brake1764600100000';

  async up(db: QueryRunner): Promise<void> {
    // Who was touched, by whom and how; gone after an hour.
    await db.query(`
      create table brake_count (
        source text not null,
        kind   text not null,
        worker uuid not null,
        at     timestamptz not null
      )`);
    await db.query(`create index brake_count_lately on brake_count (source, kind, at)`);
    await db.query(`create index brake_count_at on brake_count (at)`);
    // The rules that give packages, as governance last said; read again from the bus when lost.
    await db.query(`create table access_rule (id text primary key, filter text not null, packages text[] not null)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class BrakeTurns1764900000000 implements MigrationInterface {
  readonly name = 'BrakeTurns1764900000000';

  async up(db: QueryRunner): Promise<void> {
    // Raised by each single statement that counts: of two that were judged alike, one is judged again.
    await db.query(`
      create table brake_turn (
        source text not null,
        kind   text not null,
        turn   int not null,
        primary key (source, kind)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
