import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Connectors1764200000000 implements MigrationInterface {
  readonly name = 'Connectors1764200000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table connector (
        id       text primary key,
        version  int not null,
        status   text not null,
        document jsonb not null
      )`);
    // Which application names which connector, from governance's catalog.
    await db.query(`
      create table application (
        id           text primary key,
        connector_id text not null,
        display_name text not null,
        owners       uuid[] not null,
        epoch        int not null,
        sequence     int not null
      )`);
    await db.query(`create index application_connector on application (connector_id)`);
    // How each connector's worker is; written by whoever holds its lease.
    await db.query(`
      create table connector_health (
        connector text primary key,
        state     text not null,
        detail    text not null,
        since     timestamptz not null,
        seen_at   timestamptz not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class ConnectorFold1765000000000 implements MigrationInterface {
  readonly name = 'ConnectorFold1765000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table connector add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Jobs that count whom a change of a mapping or scope touches, with what they compare. */
export class ImpactJobs1765200001000 implements MigrationInterface {
  readonly name = 'ImpactJobs1765200001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table impact_job (
        id          uuid primary key,
        connector   text not null,
        version     int not null,
        before      jsonb,
        after       jsonb not null,
        status      text not null,
        started_at  timestamptz not null,
        finished_at timestamptz,
        checked     int not null default 0,
        gains       int not null default 0,
        loses       int not null default 0,
        changes     int not null default 0,
        fails       int not null default 0
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Which secret of a connector its application accepted last. */
export class ConnectorSecret1766600000000 implements MigrationInterface {
  readonly name = 'ConnectorSecret1766600000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table connector_secret (
        connector text primary key,
        auth      text not null,
        accepted  text not null,
        since     timestamptz not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What of people governance was told that a connector reads. */
export class ConnectorSources1767000001000 implements MigrationInterface {
  readonly name = 'ConnectorSources1767000001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table connector add sources text[]`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
