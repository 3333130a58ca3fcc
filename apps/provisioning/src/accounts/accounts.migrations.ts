import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Accounts1764200001000 implements MigrationInterface {
  readonly name = 'Accounts1764200001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table account (
        connector   text not null,
        identity_id uuid not null,
        version     int not null,
        application text not null,
        account_id  text,
        status      text not null,
        user_name   text,
        state       jsonb not null,
        updated_at  timestamptz not null,
        primary key (connector, identity_id)
      ) with (fillfactor = 70)`);
    // The newest desired access of each identity in each application, and how far the work on it is.
    await db.query(`
      create table desired (
        application     text not null,
        identity_id     uuid not null,
        epoch           int not null,
        sequence        int not null,
        message_id      uuid not null,
        correlation_id  uuid not null,
        priority        smallint not null,
        body            jsonb not null,
        received_at     timestamptz not null,
        dirty           boolean not null,
        attempts        int not null default 0,
        next_attempt_at timestamptz not null,
        parked_code     text,
        parked_detail   text,
        parked_at       timestamptz,
        primary key (identity_id, application)
      ) with (fillfactor = 80)`);
    await db.query(`create index desired_due on desired (application, priority, next_attempt_at) where dirty`);
    await db.query(`create index desired_parked on desired (application, identity_id) where parked_code is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class FailingSince1764200004000 implements MigrationInterface {
  readonly name = 'FailingSince1764200004000';

  async up(db: QueryRunner): Promise<void> {
    // Since when one try after the other has failed; means nothing while `attempts` is 0.
    await db.query(`alter table desired add failing_since timestamptz`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class AccountNames1764700001000 implements MigrationInterface {
  readonly name = 'AccountNames1764700001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index account_user_name on account (connector, lower(user_name))`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class NameHandovers1764900001000 implements MigrationInterface {
  readonly name = 'NameHandovers1764900001000';

  async up(db: QueryRunner): Promise<void> {
    // A userName that the account is to give up, and the one that whoever is parked for it waits for.
    await db.query(`alter table desired add gives_up text, add wanted_name text`);
    await db.query(`
      create index desired_name_taken on desired (application, identity_id) where parked_code = 'name-taken'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class LeaversStillEnabled1764200006000 implements MigrationInterface {
  readonly name = 'LeaversStillEnabled1764200006000';

  async up(db: QueryRunner): Promise<void> {
    // What a person left as it is: nothing is done about it, and it is not as it should be.
    await db.query(`alter table desired add dismissed_code text`);
    await db.query(`
      create index desired_leaver_open on desired (application, identity_id)
      where body->>'status' = 'leaver' and (dirty or parked_code is not null or dismissed_code is not null)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class UnverifiedRemovals1764200007000 implements MigrationInterface {
  readonly name = 'UnverifiedRemovals1764200007000';

  async up(db: QueryRunner): Promise<void> {
    // Of many accounts few have a removal that the application cannot show. A column, because an index that reads the state
    // would be written with each change of an account.
    await db.query(`alter table account add unverified boolean not null default false`);
    await db.query(`create index account_unverified on account (connector, identity_id) where unverified`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class AccountFold1765000001000 implements MigrationInterface {
  readonly name = 'AccountFold1765000001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table account add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** The provisioning log as a table, filled from the facts that are there. */
export class Operations1765100000000 implements MigrationInterface {
  readonly name = 'Operations1765100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table operation (
        connector        text not null,
        identity_id      uuid not null,
        version          int not null,
        id               uuid not null,
        operation        uuid not null,
        fact             text not null,
        kind             text not null,
        account_id       text,
        entitlement_kind text not null,
        entitlement_name text,
        status           int,
        code             text,
        effect           text,
        seen             text,
        because          uuid[] not null,
        at               timestamptz not null,
        fold             smallint not null,
        primary key (identity_id, connector, version)
      )`);
    await db.query(`
      insert into operation
      select d->>'connector', (d->>'identityId')::uuid, version, id, (d->>'operation')::uuid, type, d->>'kind', d->>'accountId',
        case when d->>'group' is null then 'account' else 'group' end, d->>'group', (d->>'status')::int, d->>'code', d->>'effect', d->>'seen',
        array(select jsonb_array_elements_text(d->'because'))::uuid[], occurred_at, 3
      from (select version, id, type, occurred_at, data::jsonb as d from events where type in ('AccountAdopted', 'AccountCreated',
        'AccountUpdated', 'AccountEnabled', 'AccountDisabled', 'AccountDeleted', 'MembershipAdded', 'MembershipRemoved', 'OperationFailed')) e`);
    await db.query(`create index operation_newest on operation (connector, id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/**
 * What was granted with an account lies under its entitlement, no longer under the name of a group. The rows keep the version
 * of the fold that wrote them, so that decisions fold the facts; lists read them as they are here.
 */
export class GrantedEntitlements1765100001000 implements MigrationInterface {
  readonly name = 'GrantedEntitlements1765100001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      update account set state = state - 'groups' - 'groupIds' || jsonb_build_object(
        'granted', coalesce((
          select jsonb_object_agg('group:' || g.key, jsonb_build_object(
            'entitlement', jsonb_build_object('group', g.key), 'because', g.value, 'id', state->'groupIds'->g.key))
          from jsonb_each(state->'groups') g
        ), '{}'),
        'unverified', coalesce((
          select jsonb_object_agg(u.key, u.value - 'group' || jsonb_build_object('entitlement',
            case when u.value->>'group' is null then '{"account": true}' else jsonb_build_object('group', u.value->'group') end))
          from jsonb_each(state->'unverified') u
        ), '{}'))
      where state ? 'groups'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Whose an account is, by the application's id of it. */
export class AccountIds1765200002000 implements MigrationInterface {
  readonly name = 'AccountIds1765200002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index account_of_id on account (connector, account_id) where account_id is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** When a disabled account is to be deleted: few accounts have it. */
export class DeletionsDue1765200003000 implements MigrationInterface {
  readonly name = 'DeletionsDue1765200003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table account add delete_at timestamptz`);
    await db.query(`create index account_delete_at on account (connector, delete_at) where delete_at is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Whose account has another id: the accounts of those who report to them refer to it. */
export class ManagerReferences1765200004000 implements MigrationInterface {
  readonly name = 'ManagerReferences1765200004000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table changed_manager (
        connector   text not null,
        identity_id uuid not null,
        primary key (connector, identity_id)
      )`);
    await db.query(`
      create index desired_of_manager on desired ((body->'accounts'->0->'attributes'->>'managerIdentity'))
      where body->'accounts'->0->'attributes'->>'managerIdentity' is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Values that a mapping chose because nobody else has them, as digests: none is given to somebody else. */
export class GivenValues1766700001000 implements MigrationInterface {
  readonly name = 'GivenValues1766700001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create table given_value (digest bytea primary key, identity_id uuid)`);
    await db.query(`create index given_value_identity on given_value (identity_id) where identity_id is not null`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
export class AccountStatistics1766500002000 implements MigrationInterface {
  readonly name = 'AccountStatistics1766500002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table account alter column state set statistics 0`);
    await db.query(`alter table desired alter column body set statistics 0`);
    await db.query(`alter table operation alter column because set statistics 0`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Employee numbers of people, from governance's messages about them: desired access carries what a connector reads. */
export class EmployeeNumbers1767000002000 implements MigrationInterface {
  readonly name = 'EmployeeNumbers1767000002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table known_person add employee_id text`);
    await db.query(`
      update known_person k set employee_id = d.body->'accounts'->0->'attributes'->>'employeeId'
      from desired d where d.identity_id = k.identity`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
