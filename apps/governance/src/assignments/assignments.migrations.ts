import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Assignment1764100001000 implements MigrationInterface {
  readonly name = 'Assignment1764100001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table access (
        identity_id uuid primary key,
        version     int not null,
        state       jsonb not null
      )`);
    await db.query(`
      create table assignment (
        id              uuid primary key,
        identity_id     uuid not null,
        package_id      text not null,
        package_version int not null,
        status          text not null,
        delivery        text not null,
        cause           jsonb not null,
        since           timestamptz not null,
        until           timestamptz,
        reason          text
      )`);
    await db.query(`create index assignment_identity on assignment (identity_id)`);
    await db.query(`create index assignment_package on assignment (lower(package_id))`);
    await db.query(
      `create index assignment_request on assignment ((cause ->> 'request')) where cause ->> 'type' = 'request'`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class AssignmentCode1764100006000 implements MigrationInterface {
  readonly name = 'AssignmentCode1764100006000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table assignment add code text`);
    await db.query(`
      update assignment a set code = e.data::jsonb ->> 'code' from events e
      where e.type = 'AssignmentRevoked' and e.data::jsonb -> 'assignment' ->> 'assignmentId' = a.id::text`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class AssignmentRemoval1764200000000 implements MigrationInterface {
  readonly name = 'AssignmentRemoval1764200000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table assignment add removal text`);
    await db.query(
      `create index assignment_removal on assignment (removal, id) where removal in ('pending', 'not-verifiable', 'failed')`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Ids of packages are compared exactly. */
export class AssignmentPackage1764600001000 implements MigrationInterface {
  readonly name = 'AssignmentPackage1764600001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`drop index assignment_package`);
    await db.query(`create index assignment_package on assignment (package_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class AccessFold1765000001000 implements MigrationInterface {
  readonly name = 'AccessFold1765000001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table access add fold smallint not null default 1`);
    await db.query(`alter table assignment add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Exceptions from rules of separation of duties, and what violates these rules. */
export class Separation1765200000000 implements MigrationInterface {
  readonly name = 'Separation1765200000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table separation_exception (
        id          uuid primary key,
        identity_id uuid not null,
        rule        text not null,
        granted_by  uuid not null,
        granted_at  timestamptz,
        until       timestamptz not null,
        ended_at    timestamptz,
        code        text,
        mitigation  text,
        fold        smallint not null
      )`);
    await db.query(`create index separation_exception_identity on separation_exception (identity_id)`);
    await db.query(`create index separation_exception_rule on separation_exception (rule, id)`);
    await db.query(`
      create table separation_finding (
        id          uuid primary key,
        identity_id uuid not null,
        rule        text not null,
        packages    text[] not null,
        status      text not null,
        found_at    timestamptz not null,
        due_at      timestamptz not null,
        solved_at   timestamptz,
        fold        smallint not null
      )`);
    await db.query(`create index separation_finding_identity on separation_finding (identity_id)`);
    await db.query(`create index separation_finding_rule on separation_finding (rule, id)`);
    await db.query(
      `create index separation_finding_status on separation_finding (status, id) where status <> 'solved'`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Lists of a million assignments: each filter that selects few rows has an index that gives them in the order of the list. */
export class AssignmentLists1766300003000 implements MigrationInterface {
  readonly name = 'AssignmentLists1766300003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index assignment_of_identity on assignment (identity_id, id)`);
    await db.query(`create index assignment_of_package on assignment (package_id, id)`);
    await db.query(`create index assignment_status on assignment (status, id)`);
    await db.query(`create index assignment_delivery on assignment (delivery, id)`);
    await db.query(
      `create index assignment_rule on assignment ((cause ->> 'rule'), id) where cause ->> 'rule' is not null`,
    );
    await db.query(`drop index assignment_identity`);
    await db.query(`drop index assignment_package`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Why access was given without a request, and what was said after of access that was taken in an emergency. */
export class Emergency1765200001000 implements MigrationInterface {
  readonly name = 'Emergency1765200001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table assignment add justification text`);
    await db.query(`
      create table emergency_review (
        assignment_id uuid primary key,
        identity_id   uuid not null,
        package_id    text not null,
        taken_at      timestamptz not null,
        outcome       text,
        reviewed_by   uuid,
        reviewed_at   timestamptz,
        comment       text,
        fold          smallint not null
      )`);
    await db.query(`create index emergency_review_open on emergency_review (assignment_id) where outcome is null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** A delivery changes with each answer of an application: an index of it made PostgreSQL write every index of the row again. */
export class AssignmentDelivery1766400000000 implements MigrationInterface {
  readonly name = 'AssignmentDelivery1766400000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`drop index assignment_delivery`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/**
 * Rows that are written again soon after they are made have room for it on their page: then no index of the row is written. An index of
 * blocks, not of rows, finds the few assignments that are not delivered, and an update of a row does not write it.
 */
export class AssignmentUpdates1766500000000 implements MigrationInterface {
  readonly name = 'AssignmentUpdates1766500000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table access set (fillfactor = 50)`);
    await db.query(`alter table assignment set (fillfactor = 60)`);
    await db.query(`
      create index assignment_delivery on assignment
      using brin (delivery text_bloom_ops(n_distinct_per_range = 16)) with (pages_per_range = 16, autosummarize = on)`);
    await db.query(`alter table access alter column state set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Assignments that have lost their grounds, packages that no rule gives to somebody, and what is withheld. */
export class Grace1766800000000 implements MigrationInterface {
  readonly name = 'Grace1766800000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table assignment add grace jsonb`);
    await db.query(`create index assignment_grace on assignment (id) where grace is not null`);
    await db.query(`
      create table birthright_exclusion (
        id          uuid primary key,
        identity_id uuid not null,
        package_id  text not null,
        excluded_by uuid not null,
        excluded_at timestamptz,
        until       timestamptz not null,
        ended_at    timestamptz,
        code        text,
        reason      text,
        fold        smallint not null
      )`);
    await db.query(`create index birthright_exclusion_identity on birthright_exclusion (identity_id)`);
    await db.query(`
      create table birthright_withheld (
        id          uuid primary key,
        identity_id uuid not null,
        package_id  text not null,
        rule        text not null,
        because     jsonb not null,
        withheld_at timestamptz not null,
        ended_at    timestamptz,
        fold        smallint not null
      )`);
    await db.query(`create index birthright_withheld_identity on birthright_withheld (identity_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Versions of packages that owners have released and that do not reach somebody. */
export class WithheldVersion1767100001000 implements MigrationInterface {
  readonly name = 'WithheldVersion1767100001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table withheld_version (
        assignment_id uuid not null,
        package_id    text not null,
        identity_id   uuid not null,
        held_package  text not null,
        version       int not null,
        code          text not null,
        because       jsonb not null,
        withheld_at   timestamptz not null,
        fold          smallint not null,
        primary key (assignment_id, package_id)
      )`);
    await db.query(`create index withheld_version_package on withheld_version (package_id)`);
    await db.query(`create index withheld_version_identity on withheld_version (identity_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
