import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Groups1764200002000 implements MigrationInterface {
  readonly name = 'Groups1764200002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table app_group (
        connector text not null,
        name      text not null,
        group_id  text,
        primary key (connector, name)
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class RemadeGroups1764200008000 implements MigrationInterface {
  readonly name = 'RemadeGroups1764200008000';

  async up(db: QueryRunner): Promise<void> {
    // Groups that have another id than before, and those that have another name in the application now.
    await db.query(`
      alter table app_group add remade boolean not null default false, add in_question boolean not null default false`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class GroupFold1765000002000 implements MigrationInterface {
  readonly name = 'GroupFold1765000002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table app_group add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
