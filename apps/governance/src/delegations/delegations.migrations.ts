import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Delegation1765100000000 implements MigrationInterface {
  readonly name = 'Delegation1765100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table delegation (
        id           uuid primary key,
        version      int not null,
        delegator_id uuid not null,
        delegate_id  uuid not null,
        from_at      timestamptz not null,
        until_at     timestamptz not null,
        ended_at     timestamptz,
        state        jsonb not null,
        fold         smallint not null
      )`);
    await db.query(`create index delegation_delegator on delegation (delegator_id, id)`);
    await db.query(`create index delegation_delegate on delegation (delegate_id, id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
