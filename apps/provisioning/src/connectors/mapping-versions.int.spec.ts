import { jest } from '@jest/globals';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

const title = { target: 'title', type: 'direct', source: 'jobTitle' };
const nickName = { target: 'nickName', type: 'direct', source: 'preferredName' };

describe('the versions of a mapping', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ mapping: [title] });
    wiki.clock.advance(60_000);
    await wiki.connect({ mapping: [title], displayName: 'The wiki' });
    await wiki.connect({ mapping: [{ ...title, source: 'department' }, nickName], scope: 'department eq "Sales"' });
    wiki.clock.advance(60_000);
    await wiki.connect({ mapping: [nickName] });
  });
  afterAll(() => wiki.stop());

  const get = async (path: string) => await wiki.call('GET', `/connectors/wiki/mapping${path}`);

  it('are those that changed something, the newest first, with who made each, when and what it changed', async () => {
    const { body } = await get('/versions');
    expect(body.items).toMatchObject([
      { entries: 1, at: '2026-03-02T09:02:00.000Z', difference: { entries: [{ target: 'title', change: 'removed' }] } },
      {
        entries: 2,
        at: '2026-03-02T09:01:00.000Z',
        difference: {
          entries: [
            { target: 'title', change: 'changed', fields: ['source'] },
            { target: 'nickName', change: 'added' },
          ],
          settings: [{ setting: 'scope', before: null, after: 'department eq "Sales"' }],
        },
      },
      { version: 1, entries: 1, at: '2026-03-02T09:00:00.000Z', difference: null },
    ]);
    const { body: audited } = await wiki.call('GET', '/connectors/wiki/mapping/versions', undefined, {
      roles: ['auditor'],
    });
    const actors = new Set(audited.items.map(({ actor }: { actor: string }) => actor));
    expect([...actors]).toEqual([expect.stringMatching(/^subject\/[0-9a-f-]{36}$/)]);
  });

  it('come in pages', async () => {
    const first = (await get('/versions?limit=2')).body;
    const second = (await get(`/versions?limit=2&cursor=${first.nextCursor}`)).body;
    expect([first.items.length, second.items.map(({ version }: { version: number }) => version)]).toEqual([2, [1]]);
    expect(second.nextCursor).toBeNull();
  });

  it('differ: the newest from the one before, or any from any', async () => {
    const newest = (await get('/difference')).body;
    expect(newest).toMatchObject({
      entries: [{ target: 'title', change: 'removed', before: { source: 'department' } }],
    });
    const all = (await get(`/difference?from=1&to=${newest.to.version}`)).body;
    expect(all).toMatchObject({
      connector: 'wiki',
      from: { version: 1, at: '2026-03-02T09:00:00.000Z' },
      entries: [
        { target: 'nickName', change: 'added' },
        { target: 'title', change: 'removed', before: { source: 'jobTitle' } },
      ],
      settings: [],
    });
    const back = (await get(`/difference?from=${newest.to.version}&to=1`)).body;
    expect(back.entries).toMatchObject([
      { target: 'title', change: 'added' },
      { target: 'nickName', change: 'removed' },
    ]);
  });

  it('count until the next one: a version that changed something else has the mapping before it', async () => {
    expect((await get('/difference?from=1&to=3')).body).toMatchObject({
      from: { version: 1 },
      to: { version: 1 },
      entries: [],
    });
  });

  it('show no secret, and are refused by name where there are none', async () => {
    expect((await get('/versions')).text).not.toMatch(/sealed|token/);
    expect((await get('/difference?from=1&to=99')).status).toBe(404);
    expect((await get('/difference?from=x')).body.errors).toMatchObject([{ pointer: '/from' }]);
    expect((await get('/versions?filter=x')).status).toBe(400);
    expect((await wiki.call('GET', '/connectors/none/mapping/versions')).status).toBe(404);
    expect((await wiki.call('GET', '/connectors/none/mapping/difference')).status).toBe(404);
  });
});
