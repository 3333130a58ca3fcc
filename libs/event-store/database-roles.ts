import type { PoolClient } from 'pg';
import { sqlState } from './conflict.js';

/**
 * The owner of a schema, who changes its tables, and the role that works in it. A role exists once for all databases of
 * a server.
 */
export interface SchemaRoles {
  /** Migrations run as this role; its functions analyse tables and prune. */
  readonly owner: string;
  /** The role of the service: DML only, and on append-only tables only INSERT and SELECT. */
  readonly runtime: string;
}

export const rolesOf = (schema: string): SchemaRoles => ({ owner: `hub_${schema}_owner`, runtime: `hub_${schema}` });

type Client = Pick<PoolClient, 'query'>;

const races = new Set(['23505', '42710', 'XX000', '40001']);

/**
 * Makes the roles and the schema if they are missing, and hands what is in the schema to its owner: a database of an earlier
 * version has one owner for all. Needs a role that may do so, such as a superuser.
 */
export async function prepareSchema(client: Client, schema: string): Promise<void> {
  const { owner, runtime } = rolesOf(schema);
  for (const role of [owner, runtime]) await once(client, makeRole(role));
  await once(client, grantReadAll(runtime));
  for (const role of [owner, runtime]) await once(client, memberOf(role));
  await client.query(`create schema if not exists ${quoted(schema)}`);
  const { rows: databases } = await client.query<{ name: string }>('select current_database() as name');
  await client.query(`grant create on database ${quoted(databases[0]?.name ?? '')} to ${quoted(owner)}`);
  await client.query(handOver(schema, owner));
}

/** What a service may do in its own schema, once its migrations have run; run as its owner. */
export async function grantRuntime(client: Client, schema: string): Promise<void> {
  const runtime = quoted(rolesOf(schema).runtime);
  const name = quoted(schema);
  await client.query(`grant usage on schema ${name} to ${runtime}`);
  await client.query(`grant select, insert, update, delete on all tables in schema ${name} to ${runtime}`);
  await client.query(`grant usage on all sequences in schema ${name} to ${runtime}`);
  const { rows } = await client.query<{ name: string }>(
    `select distinct format('%I.%I', n.nspname, c.relname) as name from pg_trigger t
     join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and t.tgname = 'append_only'
     union all select format('%I.migration', $1::text)`,
    [schema],
  );
  for (const { name: table } of rows) await client.query(`revoke update, delete on ${table} from ${runtime}`);
  await client.query(`revoke insert on ${name}.migration from ${runtime}`);
}

/** Roles belong to the whole server: another database may make the same at this moment. */
async function once(client: Client, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(sql);
      return;
    } catch (error) {
      if (attempt >= 20 || !races.has(sqlState(error) ?? '')) throw error;
    }
  }
}

const makeRole = (role: string): string => `do $$ begin
  if not exists (select from pg_roles where rolname = '${role}') then create role ${quoted(role)} nologin; end if;
end $$`;

/** The oldest open transaction of the cluster stops every reader, so each service must be able to see it. */
const grantReadAll = (role: string): string => `do $$ begin
  if not pg_has_role('${role}', 'pg_read_all_stats', 'usage') then grant pg_read_all_stats to ${quoted(role)}; end if;
end $$`;

/** The migrating role acts as the owner, and in the hub also as the service. */
const memberOf = (role: string): string => `do $$ begin
  if not pg_has_role(current_user, '${role}', 'set') then execute format('grant ${quoted(role)} to %I', current_user); end if;
exception when undefined_object or invalid_parameter_value then
  execute format('grant ${quoted(role)} to %I', current_user);
end $$`;

const handOver = (schema: string, owner: string): string => `do $$ declare one record; begin
  if (select nspowner::regrole::text from pg_namespace where nspname = '${schema}') <> '${owner}' then
    alter schema ${quoted(schema)} owner to ${quoted(owner)};
  end if;
  for one in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = '${schema}' and c.relkind in ('r', 'p', 'v', 'm') and c.relowner <> '${owner}'::regrole
  loop execute format('alter table %s owner to ${quoted(owner)}', one.name); end loop;
  for one in select c.oid::regclass as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = '${schema}' and c.relkind = 'S' and c.relowner <> '${owner}'::regrole
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
  loop execute format('alter sequence %s owner to ${quoted(owner)}', one.name); end loop;
  for one in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = '${schema}' and p.proowner <> '${owner}'::regrole
  loop execute format('alter routine %s owner to ${quoted(owner)}', one.name); end loop;
end $$`;

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
