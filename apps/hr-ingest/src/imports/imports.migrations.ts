import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Imports1764000110000 implements MigrationInterface {
  readonly name = 'Imports1764000110000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table import (
        id          uuid primary key,
        mode        text not null check (mode in ('delta')),
        status      text not null check (status in ('running', 'held', 'completed', 'failed', 'cancelled')),
        received    boolean not null default false,
        actor       text not null,
        chunks      int not null default 0,
        next_chunk  int not null default 0,
        total       int not null default 0,
        processed   int not null default 0,
        created     int not null default 0,
        changed     int not null default 0,
        terminated  int not null default 0,
        unchanged   int not null default 0,
        rejected    int not null default 0,
        detail      text,
        created_at  timestamptz not null,
        finished_at timestamptz
      )`);
    await db.query(`create index import_running on import (id) where status = 'running'`);
    // A body in pieces of rows, sealed, each gone with the transaction that applies it.
    await db.query(`
      create table import_chunk (
        import uuid not null references import on delete cascade,
        seq    int not null,
        rows   text not null,
        primary key (import, seq)
      )`);
    await db.query(`
      create table import_rejection (
        import   uuid not null references import on delete cascade,
        line     int not null,
        position int not null,
        field    text,
        detail   text not null,
        primary key (import, line, position)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
