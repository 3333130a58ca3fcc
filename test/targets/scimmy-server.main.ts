import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

/**
 * A SCIM 2.0 server by other people (scimmy with its routers on Express 4), in memory, under /scim/v2 with a bearer token:
 * `--port P --token T [--host H]`. userNames and group names are unique, as in any real application.
 */
const { values } = parseArgs({
  options: { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '8080' }, token: { type: 'string', default: 'token' } },
});

interface Stored {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

/** What the routers ask of a resource type, over a map. */
function inMemory(unique: string) {
  const stored = new Map<string, Stored>();
  const nameOf = (resource: Readonly<Record<string, unknown>>): string => String(resource[unique] ?? '').toLowerCase();
  return {
    ingress: (resource: { id?: string }, instance: object): Stored => {
      const value: Record<string, unknown> = { ...instance };
      const taken = [...stored.values()].find((other) => nameOf(other) === nameOf(value) && other.id !== resource.id);
      if (taken !== undefined) throw new SCIMMY.Types.Error(409, 'uniqueness', `${unique} is taken`);
      if (resource.id !== undefined && !stored.has(resource.id)) throw new SCIMMY.Types.Error(404, '', 'no such resource');
      const now = new Date().toISOString();
      const id = resource.id ?? randomUUID();
      const created = (stored.get(id)?.['meta'] as { created?: string } | undefined)?.created ?? now;
      const saved = { ...value, id, meta: { created, lastModified: now } };
      stored.set(id, saved);
      return saved;
    },
    egress: (resource: { id?: string }): Stored | Stored[] => {
      if (resource.id === undefined) return [...stored.values()];
      const found = stored.get(resource.id);
      if (found === undefined) throw new SCIMMY.Types.Error(404, '', 'no such resource');
      return found;
    },
    degress: (resource: { id?: string }): void => {
      if (!stored.delete(resource.id ?? '')) throw new SCIMMY.Types.Error(404, '', 'no such resource');
    },
  };
}

const users = inMemory('userName');
const groups = inMemory('displayName');
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false))
  .ingress(users.ingress as never)
  .egress(users.egress as never)
  .degress(users.degress as never);
SCIMMY.Resources.declare(SCIMMY.Resources.Group)
  .ingress(groups.ingress as never)
  .egress(groups.egress as never)
  .degress(groups.degress as never);

const app = express();
app.get('/health', (_, response) => response.json({ status: 'ok' }));
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('authorization') !== `Bearer ${values.token}`) throw new Error('a bearer token is needed');
      return 'hub';
    },
  }),
);
app.listen(Number(values.port), values.host, () => console.log(`scimmy answers at http://${values.host}:${values.port}/scim/v2`));
