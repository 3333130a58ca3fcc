import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Catalog1764100002000 implements MigrationInterface {
  readonly name = 'Catalog1764100002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table catalog_entry (
        kind     text not null,
        id       text not null,
        version  int not null,
        document jsonb not null,
        primary key (kind, id)
      )`);
    await db.query(`
      create table catalog_version (
        single  boolean primary key default true check (single),
        version int not null
      )`);
    await db.query(`insert into catalog_version (version) values (0)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class ApplicationConnector1764100005000 implements MigrationInterface {
  readonly name = 'ApplicationConnector1764100005000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table application_connector (
        application  text primary key,
        connector_id text not null unique
      )`);
    await db.query(`
      insert into application_connector (application, connector_id)
      select id, document ->> 'connectorId' from catalog_entry where kind = 'application' order by id
      on conflict do nothing`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The last facts that changed what a rule gives or a package grants: whatever follows from them names them as its cause. */
export class CatalogOrigins1764800000000 implements MigrationInterface {
  readonly name = 'CatalogOrigins1764800000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table catalog_entry add gives jsonb, add grants jsonb`);
    await db.query(`
      update catalog_entry c set gives = o.origin, grants = case when c.kind = 'access-package' then o.origin end
      from (select stream, version, jsonb_build_object('causationId', id, 'correlationId', correlation_id) as origin from events) o
      where c.kind <> 'application' and o.stream = c.kind || '-' || c.id and o.version = c.version`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class CatalogFold1765000002000 implements MigrationInterface {
  readonly name = 'CatalogFold1765000002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table catalog_entry add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class PolicyLoss1764900200000 implements MigrationInterface {
  readonly name = 'PolicyLoss1764900200000';

  async up(db: QueryRunner): Promise<void> {
    // From whom each change of a rule or package took something unasked; of use for an hour. Of two changes that were
    // judged alike, the second finds its number taken.
    await db.query(`
      create table policy_loss (
        seq      int primary key,
        at       timestamptz not null,
        packages text[] not null,
        rule     text,
        people   uuid[] not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What the applications have to grant, as their connectors showed it. */
export class KnownEntitlements1765200006000 implements MigrationInterface {
  readonly name = 'KnownEntitlements1765200006000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table known_entitlement (
        connector   text not null,
        kind        text not null,
        id          text not null,
        name        text not null,
        description text,
        gone        boolean not null,
        epoch       int not null,
        sequence    int not null,
        primary key (connector, kind, id)
      )`);
    await db.query(`create index known_entitlement_name on known_entitlement (connector, kind, name)`);
    await db.query(
      `create table listed_entitlements (connector text not null, kind text not null, primary key (connector, kind))`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The attributes of people that each connector reads, as it said last. */
export class ConnectorSources1767000000000 implements MigrationInterface {
  readonly name = 'ConnectorSources1767000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table connector_sources (
        connector text primary key,
        sources   text[],
        epoch     int not null,
        sequence  int not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Which versions of packages brought what they grant, and which of them owners have released to earlier holders. */
export class PackageRelease1767100000000 implements MigrationInterface {
  readonly name = 'PackageRelease1767100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table catalog_entry add reach jsonb`);
    await db.query(`
      create table package_release (
        package_id text primary key,
        release    jsonb not null,
        fold       smallint not null
      )`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The last fact that changed with which packages a package is incompatible: what is given after it names it as its cause. */
export class IncompatiblePackages1767200000000 implements MigrationInterface {
  readonly name = 'IncompatiblePackages1767200000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table catalog_entry add separates jsonb`);
    await db.query(`
      update catalog_entry c set separates = o.origin
      from (select stream, version, jsonb_build_object('causationId', id, 'correlationId', correlation_id) as origin from events) o
      where c.kind = 'access-package' and jsonb_array_length(coalesce(c.document -> 'incompatibleWith', '[]')) > 0
        and o.stream = c.kind || '-' || c.id and o.version = c.version`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
