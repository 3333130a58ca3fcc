import { grantOnBus } from '#libs/event-bus/postgres/bus-grants.js';
import { ownBusMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { sharedBusMigrations, sharedSchema } from '#libs/event-bus/postgres/shared-bus.migrations.js';
import { authMigrations } from '#libs/auth/auth.migrations.js';
import { grantRuntime, prepareSchema, rolesOf } from '#libs/event-store/database-roles.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { migrate, openPool, poolOf, withClient, type PoolTarget } from '#libs/event-store/pool.js';
import type { ServiceDefinition } from './service-definition.js';
import { serviceKitMigrations, sharedKitMigrations } from './service-kit.migrations.js';

export const schemaOf = ({ name }: Pick<ServiceDefinition, 'name'>): string => name.replaceAll('-', '_');

/** All of a service's migrations, in order. */
export const migrationsOf = (definition: ServiceDefinition): PoolTarget['migrations'] => [
  ...eventStoreMigrations,
  ...ownBusMigrations,
  ...serviceKitMigrations,
  ...authMigrations,
  ...definition.migrations,
];

/**
 * Brings a database to this version: roles and schemas, the bus first, then each service, each by its own owner, and what
 * each service may do. Again at any time: what is there stays.
 * @param url of a role that may make roles and act as them, such as a superuser
 */
export async function migrateDatabase(url: string, definitions: readonly ServiceDefinition[]): Promise<void> {
  const schemas = definitions.map(schemaOf);
  await asWhoLogsIn(url, async (client) => {
    for (const schema of [sharedSchema, ...schemas]) await prepareSchema(client, schema);
  });
  await asOwner(url, sharedSchema, [...sharedBusMigrations, ...sharedKitMigrations], async (client) => {
    for (const definition of definitions) {
      await grantOnBus(client, definition.name, schemaOf(definition));
      await client.query(`grant select, insert on bus.master_key_check to ${rolesOf(schemaOf(definition)).runtime}`);
    }
  });
  for (const definition of definitions) {
    const schema = schemaOf(definition);
    await asOwner(url, schema, migrationsOf(definition), (client) => grantRuntime(client, schema));
  }
}

type Client = Parameters<Parameters<typeof withClient>[1]>[0];

async function asWhoLogsIn(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const dataSource = await openPool({ url, schema: 'pg_catalog', migrations: [] }, { max: 1 });
  await withClient(poolOf(dataSource), locked(work)).finally(() => dataSource.destroy());
}

async function asOwner(
  url: string,
  schema: string,
  migrations: PoolTarget['migrations'],
  grant: (client: Client) => Promise<void>,
): Promise<void> {
  const dataSource = await openPool({ url, schema, migrations, role: rolesOf(schema).owner }, { max: 2 });
  try {
    await migrate(dataSource, schema);
    await withClient(poolOf(dataSource), locked(grant));
  } finally {
    await dataSource.destroy();
  }
}

/** One process of a database at a time. */
function locked(work: (client: Client) => Promise<void>): (client: Client) => Promise<void> {
  return async (client) => {
    await client.query('select pg_advisory_lock(7205759403792795)');
    try {
      await work(client);
    } finally {
      await client.query('select pg_advisory_unlock(7205759403792795)').catch(() => undefined);
    }
  };
}
