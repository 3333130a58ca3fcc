import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom accounts may belong to, and whose each observed account is. */
export class Matching1765300002000 implements MigrationInterface {
  readonly name = 'Matching1765300002000';

  async up(db: QueryRunner): Promise<void> {
    // From governance's messages about people: the values that matching may compare, folded.
    await db.query(`
      create table known_person (
        identity     uuid primary key,
        status       text not null,
        display_name text not null,
        hire_date    text not null,
        left_at      timestamptz,
        keys         jsonb not null,
        epoch        int not null,
        sequence     int not null
      )`);
    await db.query(`
      alter table observed_account add match_rule text, add match_rank int, add match_identity uuid, add match_candidates jsonb not null default '[]',
        add classification text, add identity_id uuid, add why text, add candidates jsonb not null default '[]'`);
    await db.query(`
      create index observed_account_match on observed_account (connector, match_identity) where match_identity is not null`);
    await db.query(`
      create index observed_account_owner on observed_account (connector, identity_id) where identity_id is not null`);
    await db.query(`
      create index observed_account_ambiguous on observed_account (connector) where classification = 'ambiguous'`);
    await db.query(`
      create table account_ownership (
        connector   text not null,
        account_id  text not null,
        decision    text not null,
        identity_id uuid,
        kind        text,
        decided_by  text not null,
        reason      text,
        decided_at  timestamptz not null,
        fold        smallint not null,
        primary key (connector, account_id)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
