import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DesiredAccess1764100003000 implements MigrationInterface {
  readonly name = 'DesiredAccess1764100003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table desired_access (
        application text not null,
        identity_id uuid not null,
        version     int not null,
        message     jsonb not null,
        primary key (application, identity_id)
      )`);
    await db.query(`create index desired_access_identity on desired_access (identity_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class DesiredAccessFold1765000003000 implements MigrationInterface {
  readonly name = 'DesiredAccessFold1765000003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table desired_access add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
export class DesiredAccessStatistics1766500004000 implements MigrationInterface {
  readonly name = 'DesiredAccessStatistics1766500004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table desired_access alter column message set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
