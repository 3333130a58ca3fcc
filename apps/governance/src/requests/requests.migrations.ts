import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Request1764100004000 implements MigrationInterface {
  readonly name = 'Request1764100004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table request (
        id             uuid primary key,
        version        int not null,
        status         text not null,
        package_id     text not null,
        requester_id   uuid not null,
        beneficiary_id uuid not null,
        approvers      text[] not null,
        applications   text[] not null,
        requested_at   timestamptz not null,
        state          jsonb not null
      )`);
    await db.query(`create unique index request_open on request (beneficiary_id, package_id) where status = 'pending'`);
    await db.query(`create index request_approvers on request using gin (approvers) where status = 'pending'`);
    await db.query(`create index request_requester on request (requester_id, id)`);
    await db.query(`create index request_beneficiary on request (beneficiary_id, id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
