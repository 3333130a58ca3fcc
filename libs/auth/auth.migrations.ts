import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who a token's subject is: a copy of what governance says, read again from the bus when lost. */
class TokenSubject1764000020000 implements MigrationInterface {
  readonly name = 'TokenSubject1764000020000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table known_identity (
        identity uuid primary key,
        status   text not null check (status in ('active', 'on-leave', 'inactive')),
        epoch    int not null,
        sequence int not null
      )`);
    await db.query(`
      create table token_subject (
        issuer      text not null,
        subject     text not null,
        identity    uuid not null,
        valid_from  timestamptz not null,
        valid_until timestamptz,
        primary key (issuer, subject, identity, valid_from)
      )`);
    await db.query(`create index token_subject_identity on token_subject (identity)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export const authMigrations = [TokenSubject1764000020000];
