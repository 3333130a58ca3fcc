import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addressKeyOf, liveNumbersOf, managerNumberOf, nameKeyOf, numbersOf, type KnownIdentity } from './identity.js';

/** How many decisions there were about each person. No read model: it counts what was decided, and is never rebuilt. */
export class PersonDecision1764100010000 implements MigrationInterface {
  readonly name = 'PersonDecision1764100010000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table person_decision (
        identity_id uuid primary key,
        decided     int not null
      ) with (fillfactor = 70)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** What the sweep over leavers found; and its way through them. */
export class LeaversSweep1764100011000 implements MigrationInterface {
  readonly name = 'LeaversSweep1764100011000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`create index identity_inactive on identity (id) where status = 'inactive'`);
    await db.query(`
      create table leavers_sweep (
        single   boolean primary key default true check (single),
        found    int not null,
        swept_at timestamptz
      )`);
    await db.query(`insert into leavers_sweep (found) values (0)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

export class Identity1764100000000 implements MigrationInterface {
  readonly name = 'Identity1764100000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table identity (
        id             uuid primary key,
        version        int not null,
        status         text not null,
        user_name      text,
        numbers        text[] not null,
        live_numbers   text[] not null,
        manager_number text,
        manager_id     uuid,
        attributes     jsonb not null,
        state          jsonb not null
      )`);
    await db.query(`create unique index identity_user_name on identity (lower(user_name))`);
    await db.query(`create index identity_numbers on identity using gin (numbers) with (fastupdate = off)`);
    await db.query(`create index identity_live_numbers on identity using gin (live_numbers) with (fastupdate = off)`);
    await db.query(`create index identity_manager_missing on identity (manager_number) where manager_id is null`);
    await db.query(`create index identity_manager_id on identity (manager_id)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows at a time. */
const page = 1_000;

/** Numbers as they are compared from here on: in canonical form, and in their own case. */
export class IdentityNumbers1764600000000 implements MigrationInterface {
  readonly name = 'IdentityNumbers1764600000000';

  async up(db: QueryRunner): Promise<void> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows = (await db.query(`select id, state from identity where id > $1::uuid order by id limit $2`, [
        after,
        page,
      ])) as { id: string; state: KnownIdentity }[];
      const numbers = rows.map(({ id, state }) => ({
        id,
        numbers: numbersOf(state),
        live: liveNumbersOf(state),
        manager: managerNumberOf(state),
      }));
      await db.query(
        `update identity i set numbers = array(select jsonb_array_elements_text(x.numbers)),
           live_numbers = array(select jsonb_array_elements_text(x.live)), manager_number = x.manager
         from jsonb_to_recordset($1::jsonb) as x(id uuid, numbers jsonb, live jsonb, manager text) where x.id = i.id`,
        [JSON.stringify(numbers)],
      );
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) return;
      after = last.id;
    }
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Names as they are compared: in a column of their own, so that two people can change names in one statement. */
export class IdentityNames1764700000000 implements MigrationInterface {
  readonly name = 'IdentityNames1764700000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table identity add user_name_key text, add address_key text`);
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const rows = (await db.query(`select id, state from identity where id > $1::uuid order by id limit $2`, [
        after,
        page,
      ])) as { id: string; state: KnownIdentity }[];
      const keys = rows.map(({ id, state }) => ({ id, name: nameKeyOf(state), address: addressKeyOf(state) }));
      await db.query(
        `update identity i set user_name_key = x.name, address_key = x.address
         from jsonb_to_recordset($1::jsonb) as x(id uuid, name text, address text) where x.id = i.id`,
        [JSON.stringify(keys)],
      );
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) break;
      after = last.id;
    }
    // Names that only the former comparison told apart stay as they are; a key of their own keeps them apart.
    await db.query(`
      update identity i set user_name_key = i.user_name_key || ' ' || i.id
      from (select id, row_number() over (partition by user_name_key order by id) as place from identity
            where user_name_key is not null) d
      where d.id = i.id and d.place > 1`);
    await db.query(`drop index identity_user_name`);
    await db.query(
      `alter table identity add constraint identity_user_name_key unique (user_name_key) deferrable initially immediate`,
    );
    await db.query(`create index identity_address_wanted on identity (address_key) where address_key <> user_name_key`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Rows carry the version of the fold that wrote them; those that are there were written by the first. */
export class IdentityFold1765000000000 implements MigrationInterface {
  readonly name = 'IdentityFold1765000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table identity add fold smallint not null default 1`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Names that somebody had, as digests, so that no made name is given twice. */
export class FormerNames1766700000000 implements MigrationInterface {
  readonly name = 'FormerNames1766700000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `create table former_name (digest bytea not null, identity_id uuid not null, primary key (digest, identity_id))`,
    );
    await db.query(`create index former_name_identity on former_name (identity_id)`);
    await db.query(`create table forgotten_name (digest bytea primary key)`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** No condition reads these columns: a sample of them costs and serves nobody. */
export class IdentityStatistics1766500003000 implements MigrationInterface {
  readonly name = 'IdentityStatistics1766500003000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `alter table identity alter column state set statistics 0, alter column attributes set statistics 0`,
    );
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
