import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { generic } from '#libs/scim/client/profile.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { ScimTarget } from '../../../apps/provisioning/src/targets/scim/scim-target.process.js';
import { type Changed, reading, type ShownAccount } from '../../../apps/provisioning/src/targets/target.js';
import type { Application } from '../../support/application.js';
import { some } from '../../support/some.js';
import { describeOnScim2Server, scim2ServerForTests } from '../scim2-server.js';
import { between, type Between } from './between.js';

jest.setTimeout(60_000);

const bulk = { maxOperations: 100, maxPayloadSize: 10_000_000 };
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

interface Person {
  readonly identityId: string;
  readonly userName: string;
}
const people = (count: number): Person[] =>
  Array.from({ length: count }, () => {
    const identityId = randomUUID();
    return { identityId, userName: `${identityId.slice(0, 8)}@corp.example` };
  });

describeOnScim2Server(await scim2ServerForTests(), 'Bulk requests to scim2-server', (start) => {
  let app: Application;
  let way: Between;
  let target: ScimTarget;
  let client: ScimClient;
  beforeAll(async () => {
    app = await start();
    way = await between(Number(new URL(app.baseUrl).port));
  });
  // A target of its own for each test: it remembers the size that the application took.
  beforeEach(() => {
    const access = {
      baseUrl: `http://127.0.0.1:${way.port}${new URL(app.baseUrl).pathname}`,
      auth: { type: 'bearer', token: () => app.token } as const,
      guard: new AddressGuard([], true),
      connections: 4,
      nowMs: () => Date.now(),
    };
    target = new ScimTarget(access, { ...generic, bulk });
    client = new ScimClient(access, { ...generic, bulk });
  });
  afterEach(async () => {
    await Promise.all([target.destroy(), client.destroy()]);
  });
  afterAll(async () => {
    await way.stop();
    await app.child.stop();
  });

  type Written = Readonly<Record<string, unknown>>;
  const create = (all: readonly Person[]) =>
    Promise.allSettled(all.map((one) => target.accounts.create(one, { userName: one.userName }, reading)));
  const change = (ids: readonly string[], written: Written) =>
    Promise.allSettled(ids.map((id) => target.accounts.change(id, written, {}, reading)));
  /** What was sent while this ran: the size of a Bulk request, or the method of another one. */
  const sentBy = async (run: () => Promise<unknown>): Promise<(number | string)[]> => {
    const from = way.writes.length;
    await run();
    return way.writes.slice(from).map(({ method, url, body }) => {
      if (!url.endsWith('/Bulk')) return method;
      return (JSON.parse(body) as { Operations: unknown[] }).Operations.length;
    });
  };
  const failureOf = (result: PromiseSettledResult<unknown>): CallFailure['terms'] | null =>
    result.status === 'rejected' && result.reason instanceof CallFailure ? result.reason.terms : null;
  const idsOf = (results: readonly PromiseSettledResult<Changed<ShownAccount>>[]): string[] =>
    results.flatMap((one) => (one.status === 'fulfilled' && one.value.shown !== null ? [one.value.shown.id] : []));
  const madeOf = async (count: number): Promise<string[]> => idsOf(await create(people(count)));

  it('make accounts in one request, and one whose name is taken stops no other', async () => {
    const [first, ...others] = people(6) as [Person, ...Person[]];
    await create([first]);
    const doubled = { identityId: randomUUID(), userName: first.userName };
    let results: Awaited<ReturnType<typeof create>> = [];
    const sent = await sentBy(async () => (results = await create([doubled, ...others])));
    expect(sent).toEqual([6]);
    expect(failureOf(results[0] as PromiseSettledResult<unknown>)).toMatchObject({
      class: 'conflict',
      effectUnknown: false,
    });
    const ids = idsOf(results);
    expect(ids).toHaveLength(5);
    for (const [index, id] of some([...ids.entries()]))
      expect(await target.accounts.read(id, reading)).toMatchObject({ id, ...externalOf(others[index]) });
  });

  it('change accounts in one request, and one that somebody else changed meanwhile is left as it is', async () => {
    const [stale = '', fresh = ''] = await madeOf(2);
    const shown = await client.getUser(stale);
    const byHand = { schemas: [patchSchema], Operations: [{ op: 'replace', path: 'title', value: 'By hand' }] };
    expect((await app.call('PATCH', `/Users/${stale}`, byHand)).status).toBeLessThan(300);
    const current = await client.getUser(fresh);
    const title = [{ op: 'replace', path: 'title', value: 'By the hub' }] as const;
    let results: PromiseSettledResult<unknown>[] = [];
    const sent = await sentBy(async () => {
      results = await Promise.allSettled(
        [shown, current].map((user) => client.patchUser(user.id, title, { together: true }, user)),
      );
    });
    expect(sent).toEqual([2]);
    expect(results.map(failureOf)).toMatchObject([{ code: 'changed-meanwhile', effectUnknown: false }, null]);
    const titles = await Promise.all(
      [stale, fresh].map(async (id) => (await client.getUser(id)) as { title?: unknown }),
    );
    expect(titles.map((user) => user.title)).toEqual(['By hand', 'By the hub']);
  });

  it('that are larger than the application takes go in halves', async () => {
    const ids = await madeOf(4);
    const title = 'x'.repeat(400_000);
    const sent = await sentBy(() => change(ids, { title }));
    expect(sent).toEqual([4, 2, 2]);
    for (const id of some(ids)) expect((await target.accounts.read(id, reading)).at('title')).toEqual([title]);
  });

  it('whose answer is lost have an unknown effect, were sent once, and each account is found', async () => {
    const all = people(2);
    let results: Awaited<ReturnType<typeof create>> = [];
    way.loseNext();
    const sent = await sentBy(async () => (results = await create(all)));
    expect(sent).toEqual([2]);
    for (const result of some(results)) expect(failureOf(result)).toMatchObject({ effectUnknown: true });
    for (const one of some(all)) {
      const found = await target.accounts.find(one, reading);
      expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    }
  });

  it('are not used for what takes access away', async () => {
    const ids = await madeOf(2);
    const sent = await sentBy(() => Promise.all(ids.map((id) => target.accounts.setActive(id, false, reading))));
    expect(sent).toEqual(['PATCH', 'PATCH']);
  });
});

const externalOf = (person: Person | undefined): object => ({ externalId: person?.identityId });
