import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the applications have to grant, and when they were read. */
export class Discovery1765200005000 implements MigrationInterface {
  readonly name = 'Discovery1765200005000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table discovered_entitlement (
        connector   text not null,
        kind        text not null,
        id          text not null,
        name        text not null,
        description text,
        gone        boolean not null,
        changed_at  timestamptz not null,
        fold        smallint not null,
        primary key (connector, kind, id)
      )`);
    await db.query(`
      create table discovery_run (
        connector   text not null,
        kind        text not null,
        next_at     timestamptz not null,
        started_at  timestamptz,
        finished_at timestamptz,
        outcome     text,
        detail      text,
        found       int not null default 0,
        primary key (connector, kind)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
