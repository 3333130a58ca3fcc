import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workers1764000100000 implements MigrationInterface {
  readonly name = 'Workers1764000100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table worker (
        worker      uuid primary key,
        employee_id text not null unique,
        person      uuid not null,
        version     int not null,
        employed    boolean not null,
        on_leave    boolean not null,
        awaits_day  boolean not null,
        was_hired   boolean not null,
        attributes  jsonb not null
      )`);
    await db.query(`create index worker_number on worker (lower(employee_id))`);
    // Whose employments HR joined by personId. One row for each, so that two first records at once cannot make two persons.
    await db.query(`create table person (person_id text primary key, person uuid not null)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
