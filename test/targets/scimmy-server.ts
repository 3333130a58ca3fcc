import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { type Alternatives, IdsByValue } from './ids-by-value.js';

interface Resource {
  id?: string;
  userName?: string;
  displayName?: string;
  [attribute: string]: unknown;
}

/**
 * A SCIM server written by other people (scimmy on Express 4; under Express 5 its paging is silently ignored), with
 * users and groups in memory and unique userNames and group names.
 * @param data directory that keeps them over a restart; none unless given
 */
export async function startScimmyServer({
  port,
  token,
  host = '127.0.0.1',
  data,
}: {
  port: number;
  token: string;
  host?: string;
  data?: string;
}): Promise<{ port: number; stop(): Promise<void> }> {
  SCIMMY.Resources.declare(SCIMMY.Resources.User, inMemory('userName', data)).declare(
    SCIMMY.Resources.Group,
    inMemory('displayName', data),
  );
  const app = express();
  app.get('/health', (_, response) => void response.json({ ok: true }));
  app.use(
    '/scim/v2',
    new SCIMMYRouters({
      type: 'bearer',
      handler: (request: { header(name: string): string | undefined }) => {
        if (request.header('authorization') !== `Bearer ${token}`) throw new Error('the token is not known');
        return 'hub';
      },
    }),
  );
  const server = await new Promise<Server>((done) => {
    const listening: Server = app.listen(port, host, () => done(listening));
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** What one resource type holds, and when each came. */
interface Kept {
  readonly all: [string, Resource][];
  readonly created: [string, string][];
}

function read(file: string): Kept {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : { all: [], created: [] };
}

/** Handlers for one resource type. */
function inMemory(unique: 'userName' | 'displayName', data: string | undefined): object {
  const file = data === undefined ? null : join(data, `${unique}.json`);
  const kept = file === null ? { all: [], created: [] } : read(file);
  const all = new Map<string, Resource>(kept.all);
  const ids = new IdsByValue<Resource>([unique, 'externalId']);
  for (const one of all.values()) ids.add(one);
  const created = new Map<string, Date>(kept.created.map(([id, at]) => [id, new Date(at)]));
  const keep = (): void => {
    if (file === null) return;
    writeFileSync(`${file}.new`, JSON.stringify({ all: [...all], created: [...created] }));
    renameSync(`${file}.new`, file);
  };
  const shown = (one: Resource): object => {
    const at = created.get(one.id ?? '') ?? new Date();
    return { ...one, meta: { created: at, lastModified: at } };
  };
  const known = (id: string | undefined): Resource => {
    const found = all.get(id ?? '');
    if (found === undefined) throw new SCIMMY.Types.Error(404, '', `no ${id ?? ''}`);
    return found;
  };
  return {
    ingress: ({ id: given }: { id?: string }, data: object) => {
      if (given !== undefined) known(given);
      const id = given ?? randomUUID();
      const stored: Resource = { ...(JSON.parse(JSON.stringify(data)) as Resource), id };
      if ([...ids.having(unique, stored[unique])].some((other) => other !== id))
        throw new SCIMMY.Types.Error(409, 'uniqueness', `${unique} is taken`);
      const before = all.get(id);
      if (before !== undefined) ids.drop(before);
      ids.add(stored);
      if (!created.has(id)) created.set(id, new Date());
      all.set(id, stored);
      keep();
      return shown(stored);
    },
    // scimmy parses filters and leaves it to these handlers to apply them. It compares each resource with each part of a filter: of
    // thousands of users that takes a thousand times what a creation takes.
    egress: ({ id, filter }: { id?: string; filter?: Alternatives & { match(values: object[]): object[] } }) => {
      if (id !== undefined) return shown(known(id));
      if (filter === undefined) return [...all.values()].map(shown);
      const found = ids.candidates(filter)?.map((one) => known(one)) ?? [...all.values()];
      return filter.match(found.map(shown));
    },
    degress: ({ id }: { id?: string }) => {
      ids.drop(known(id));
      all.delete(id ?? '');
      keep();
    },
  };
}
