import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Reconcile1764200003000 implements MigrationInterface {
  readonly name = 'Reconcile1764200003000';

  async up(db: QueryRunner): Promise<void> {
    // Which connector document the accounts of an application were last looked at under, and how far that has come.
    await db.query(`
      create table applied_document (
        application text primary key,
        connector   text not null,
        terms       text not null,
        after       uuid
      )`);
    // What waits for a person costs those who look for what is due nothing.
    await db.query(`drop index desired_due`);
    await db.query(`
      create index desired_due on desired (application, priority, next_attempt_at) where dirty and parked_code is null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class RefusedCalls1764900004000 implements MigrationInterface {
  readonly name = 'RefusedCalls1764900004000';

  async up(db: QueryRunner): Promise<void> {
    // Kinds of call that an application refuses, and whom it refused one after the other.
    await db.query(`
      create table refused_call (
        connector text not null,
        call      text not null,
        status    int not null,
        held      int not null,
        accounts  uuid[] not null,
        primary key (connector, call)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Accounts for which an application had no room are found without those that wait for a person only. */
export class NoRoom1767100009000 implements MigrationInterface {
  readonly name = 'NoRoom1767100009000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index desired_no_room on desired (application, priority, next_attempt_at)
      where dirty and parked_code = 'payment-required'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
