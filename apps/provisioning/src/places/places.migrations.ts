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
