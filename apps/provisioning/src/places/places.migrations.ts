import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Places1764200005000 implements MigrationInterface {
  readonly name = 'Places1764200005000';

  async up(db: QueryRunner): Promise<void> {
    // Addresses and credentials under which a connector has called, and which of them led to the same accounts.
    await db.query(`
      create table connector_place (
        connector text not null,
        place     text not null,
        root      text not null,
        position  bigint generated always as identity,
        first_at  timestamptz not null,
        decided   boolean not null,
        current   boolean not null,
        proven    boolean not null,
        confirmed boolean not null,
        primary key (connector, place)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class LookingAgain1764900002000 implements MigrationInterface {
  readonly name = 'LookingAgain1764900002000';

  async up(db: QueryRunner): Promise<void> {
    // Of a place: accounts that counted as gone before places were kept have been looked for here. Of a person: look for an account
    // that counts as gone.
    await db.query(`alter table connector_place add reopened boolean not null default false`);
    await db.query(`alter table desired add look_again boolean not null default false`);
    // Counts what is asked for beside desired access, so that work that began before does not end it.
    await db.query(`alter table desired add asked int not null default 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
