import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may decide on each open request, and until when. */
export class RequestDeciders1764100012000 implements MigrationInterface {
  readonly name = 'RequestDeciders1764100012000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table request add deciders uuid[] not null default '{}', add due_at timestamptz`);
    await db.query(`
      update request r set due_at = (r.state ->> 'dueAt')::timestamptz, deciders = array(
        select i.manager_id from identity i
          where i.id = r.beneficiary_id and i.manager_id is not null and r.approvers @> array['manager']
        union select substr(a, 6)::uuid from unnest(r.approvers) a where a like 'user:%'
        union select o::uuid from catalog_entry c, jsonb_array_elements_text(c.document -> 'owners') o
          where c.kind = 'application' and c.id = any(r.applications) and r.approvers @> array['application-owner'])
      where r.status = 'pending'`);
    await db.query(`create index request_deciders on request using gin (deciders) where status = 'pending'`);
    await db.query(`drop index request_approvers`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class Request1764100004000 implements MigrationInterface {
  readonly name = 'Request1764100004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table request (
        id             uuid primary key,
        version        int not null,
        status         text not null,
        package_id     text not null,
        requester_id   uuid not null,
        beneficiary_id uuid not null,
        approvers      text[] not null,
        applications   text[] not null,
        requested_at   timestamptz not null,
        state          jsonb not null
      )`);
    await db.query(`create unique index request_open on request (beneficiary_id, package_id) where status = 'pending'`);
    await db.query(`create index request_approvers on request using gin (approvers) where status = 'pending'`);
    await db.query(`create index request_requester on request (requester_id, id)`);
    await db.query(`create index request_beneficiary on request (beneficiary_id, id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class RequestFold1765000004000 implements MigrationInterface {
  readonly name = 'RequestFold1765000004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table request add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Approvers are shown how many people of the same department and job hold a package. */
export class PeersIndex1765200002000 implements MigrationInterface {
  readonly name = 'PeersIndex1765200002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create index identity_peers on identity (coalesce(attributes ->> 'department', ''), coalesce(attributes ->> 'jobTitle', ''))
      where status <> 'inactive'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
