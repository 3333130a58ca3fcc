import type { PoolClient } from 'pg';
import { ownerOf, topics } from '#libs/contracts/topics.js';
import { rolesOf } from '#libs/event-store/database-roles.js';

/**
 * What a service may do on the shared bus, row by row: publish on its own topics, and on shared ones in its own name;
 * move the positions and claim urgent messages of its own consumers. Every service may read. Run as the owner of the
 * schema `bus`.
 */
export async function grantOnBus(client: Pick<PoolClient, 'query'>, service: string, schema: string): Promise<void> {
  const { runtime } = rolesOf(schema);
  const all = Object.values(topics);
  const own = listOf(all.filter((topic) => ownerOf[topic] === service));
  const shared = listOf(all.filter((topic) => ownerOf[topic] === null));
  const publishes = `topic = any(${own}) or (topic = any(${shared}) and headers::jsonb ->> 'ce_source' like '/${service}/%')`;
  const consumes = `consumer = '${service}' or consumer like '${service}.%'`;
  const policies: readonly (readonly [table: string, command: string, rule: string])[] = [
    ['message', 'select', 'using (true)'],
    ['message', 'insert', `with check (${publishes})`],
    ['place', 'select', 'using (true)'],
    ['place', 'insert', `with check (${consumes})`],
    ['place', 'update', `using (${consumes}) with check (${consumes})`],
    ['urgent', 'insert', `with check (${publishes})`],
    ['urgent', 'select', `using (${consumes})`],
    ['urgent', 'update', `using (${consumes}) with check (${consumes})`],
    ['urgent', 'delete', `using (${consumes})`],
    ['urgent_reader', 'select', 'using (true)'],
    ['urgent_reader', 'insert', `with check (${consumes})`],
  ];
  await client.query(`grant usage on schema bus to ${runtime}`);
  await client.query(
    `grant select on bus.message, bus.place, bus.urgent, bus.urgent_reader, bus.pruned, bus.identity to ${runtime}`,
  );
  for (const [table, command, rule] of policies) {
    const name = `${runtime}_${command}`;
    await client.query(`grant ${command} on bus.${table} to ${runtime}`);
    await client.query(`drop policy if exists ${name} on bus.${table}`);
    await client.query(`create policy ${name} on bus.${table} for ${command} to ${runtime} ${rule}`);
  }
}

const listOf = (names: readonly string[]): string => `array[${names.map((name) => `'${name}'`).join(', ')}]::text[]`;
