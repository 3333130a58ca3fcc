import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Notification1766300002000 implements MigrationInterface {
  readonly name = 'Notification1766300002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table notification (
        id           uuid primary key,
        kind         text not null,
        channel      text not null,
        recipient_id uuid,
        about        jsonb not null,
        status       text not null,
        attempts     int not null default 0,
        problem      text,
        due_at       timestamptz not null,
        created_at   timestamptz not null,
        sent_at      timestamptz
      )`);
    await db.query(`create index notification_newest on notification (created_at desc, id desc)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
