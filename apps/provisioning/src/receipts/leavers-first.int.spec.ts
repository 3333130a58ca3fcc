import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { startScimStub, type ScimStub } from '../../../../test/targets/scim-stub.js';
import {
  application,
  connector,
  desired,
  personId,
  runningProvisioning,
  stubToken,
  type RunningProvisioning,
} from '../provisioning.fixtures.js';
import type { ReceiptView } from './receipts.query.js';

jest.setTimeout(120_000);

const ids = Array.from({ length: 20 }, (_, index) => `app-${index}`);
const joiners = 10_000;

let hub: RunningProvisioning;
let stubs: ReadonlyMap<string, ScimStub>;
beforeAll(async () => {
  hub = await runningProvisioning();
  const started = await Promise.all(ids.map(() => startScimStub({ token: stubToken })));
  stubs = new Map(ids.map((id, index) => [id, started[index] as ScimStub]));
});
afterAll(async () => {
  await hub.stop();
  await Promise.all([...stubs.values()].map((stub) => stub.stop()));
});

const put = async (mode: 'enforce' | 'observe'): Promise<void> => {
  for (const [id, stub] of stubs) {
    const { status, text } = await hub.call('PUT', `/connectors/${id}`, connector(stub, { mode }));
    if (status >= 300) throw new Error(text);
  }
};
const queued = async () =>
  (await hub.db.query<{ n: number }>(`select count(*)::int as n from desired where dirty`))[0]?.n;
/** So many more people wait for each account that is waited for: as rows, because 10,000 messages take a minute. */
const queueAlike = async (more: number): Promise<void> => {
  const columns = await hub.db.query<{ name: string }>(
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = 'desired' and is_generated = 'NEVER' and is_identity = 'NO'`,
  );
  const own: Readonly<Record<string, string>> = {
    identity_id: 'i.id',
    body: `jsonb_set(jsonb_set(d.body, '{accounts,0,attributes,id}', to_jsonb(i.id)), '{accounts,0,attributes,userName}', to_jsonb(i.id::text))`,
  };
  const values = columns.map(({ name }) => own[name] ?? `d.${name}`);
  await hub.db.query(
    `insert into desired (${columns.map(({ name }) => name).join(', ')})
     select ${values.join(', ')} from desired d cross join generate_series(1, $1::int) n
       cross join lateral (select gen_random_uuid() as id where n > 0) i where d.dirty`,
    [more],
  );
};
const lea = (stub: ScimStub) => stub.dump().users.find(({ externalId }) => externalId === personId('lea'));
const everywhere = (check: (stub: ScimStub) => boolean): boolean => [...stubs.values()].every(check);

describe('a leaver among 10,000 joiners that wait', () => {
  it('is disabled on 20 connectors before any of them makes an account', async () => {
    await hub.publish(...ids.map((id) => application({ application: id, connectorId: id })));
    await put('enforce');
    await hub.publish(...ids.map((id) => desired('lea', 1, { application: id })));
    await eventually(() => everywhere((stub) => lea(stub)?.active === true), { timeoutMs: 30_000 });
    await put('observe');
    await hub.publish(...ids.map((id) => desired('joiner', 1, { application: id })));
    await eventually(async () => (await queued()) === ids.length, { timeoutMs: 30_000 });
    await queueAlike(joiners / ids.length - 1);
    const left = ids.map((id) => desired('lea', 2, { status: 'leaver', active: false, application: id }));
    await hub.publish(...left);
    await eventually(async () => (await queued()) === joiners + ids.length, { timeoutMs: 60_000 });
    const writes = new Map<string, string[]>(ids.map((id) => [id, []]));
    for (const [id, stub] of stubs)
      stub.onRequest = (method, url) => (method === 'GET' ? undefined : writes.get(id)?.push(`${method} ${url}`));
    for (const id of ids) await hub.call('POST', `/connectors/${id}/release`);
    await eventually(() => everywhere((stub) => lea(stub)?.active === false), { timeoutMs: 60_000 });
    const first = ids.map((id) => writes.get(id)?.[0]);
    expect(first).toEqual(ids.map((id) => `PATCH /scim/v2/Users/${lea(stubs.get(id) as ScimStub)?.id ?? ''}`));
    const receipts = async () =>
      (await hub.call('GET', `/revocation-receipts?filter=${encodeURIComponent(`person.id eq "${personId('lea')}"`)}`))
        .body.items as ReceiptView[];
    await eventually(async () => (await receipts()).filter(({ state }) => state === 'verified').length === ids.length);
  });
});
