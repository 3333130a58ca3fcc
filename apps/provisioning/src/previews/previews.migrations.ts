import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What enforcing a connector would do, and who is released from observing. */
export class Previews1766800005000 implements MigrationInterface {
  readonly name = 'Previews1766800005000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table preview (
        id          uuid primary key,
        connector   text not null,
        version     int not null,
        terms       jsonb not null,
        filter      text,
        identities  jsonb,
        status      text not null,
        made_by     text not null,
        made_at     timestamptz not null,
        ready_at    timestamptz,
        reading     uuid,
        counts      jsonb not null default '{}',
        released_by text,
        release_at  timestamptz,
        reason      text,
        released_at timestamptz,
        done        int not null default 0,
        left_out    int not null default 0,
        next        uuid
      )`);
    await db.query(`create index preview_newest on preview (connector, made_at desc, id)`);
    await db.query(`
      create table preview_item (
        preview     uuid not null,
        identity_id uuid not null,
        application text not null,
        effect      text not null,
        account_id  text,
        user_name   text,
        outcome     jsonb not null,
        state       text not null,
        left_out    boolean not null default false,
        primary key (preview, identity_id)
      )`);
    // Of a connector whose release is a pilot only these people are worked on.
    await db.query(`
      create table released_person (
        connector   text not null,
        identity_id uuid not null,
        preview     uuid not null,
        primary key (connector, identity_id)
      )`);
    // People who changed between a preview and its release: they wait for the next one.
    await db.query(`
      create table awaiting_release (
        connector   text not null,
        identity_id uuid not null,
        preview     uuid not null,
        primary key (connector, identity_id)
      )`);
    await db.query(`alter table connector add pilot boolean not null default false`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What a preview is for, and what is authoritative. */
export class PreviewPurposes1767100012000 implements MigrationInterface {
  readonly name = 'PreviewPurposes1767100012000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table preview add purpose jsonb not null default '{"of": "enforcing"}'`);
    await db.query(`alter table connector add authoritative jsonb not null default '[]'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
