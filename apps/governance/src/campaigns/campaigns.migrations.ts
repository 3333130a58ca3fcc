import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Review1766510001000 implements MigrationInterface {
  readonly name = 'Review1766510001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table review (
        id         uuid primary key,
        version    int not null,
        status     text not null,
        due_at     timestamptz not null,
        started_at timestamptz not null,
        state      jsonb not null,
        fold       smallint not null
      )`);
    await db.query(`
      create table review_item (
        id            uuid primary key,
        version       int not null,
        review_id     uuid not null,
        assignment_id uuid not null,
        identity_id   uuid not null,
        package_id    text not null,
        status        text not null,
        decision      text,
        unverified    boolean not null,
        reviewer_ids  uuid[] not null,
        state         jsonb not null,
        fold          smallint not null
      )`);
    await db.query(`create index review_item_review on review_item (review_id, id)`);
    await db.query(`create index review_item_open on review_item (review_id, id) where status = 'open'`);
    await db.query(`create index review_item_unverified on review_item (review_id, id) where unverified`);
    await db.query(`create index review_item_holder on review_item (identity_id) where status = 'open'`);
    await db.query(`create index review_item_reviewers on review_item using gin (reviewer_ids)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
