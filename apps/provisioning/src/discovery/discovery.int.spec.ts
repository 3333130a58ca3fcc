import { jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { desired } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('what an application has to grant', () => {
  let wiki: Wiki;
  beforeAll(async () => {
    wiki = await runningWiki();
    for (const displayName of ['Staff', 'Editors']) make(displayName);
    await wiki.connect();
  });
  afterAll(() => wiki.stop());

  const make = (displayName: string): string => {
    const { body } = wiki.stub.directory.answer('POST', '/Groups', JSON.stringify({ displayName }));
    return (body as { id: string }).id;
  };
  const known = async (): Promise<Record<string, boolean>> => {
    const { items } = (await wiki.call('GET', '/connectors/wiki/entitlements')).body as {
      items: { name: string; gone: boolean }[];
    };
    return Object.fromEntries(items.map(({ name, gone }) => [name, gone]));
  };
  const told = async (): Promise<unknown[]> =>
    (await wiki.published(topics.connectors))
      .filter(({ type }) => type.includes('entitlement'))
      .map(({ type, body }) => [type.replace('hub.provisioning.', ''), body]);
  const outcome = async (): Promise<unknown> =>
    (await wiki.call('GET', '/connectors/wiki/discovery')).body.runs.find(
      (run: { kind: string }) => run.kind === 'group',
    );

  it('is read soon, and told to the catalog with names', async () => {
    await eventually(async () => (await outcome()) !== undefined);
    wiki.clock.advance(600_000);
    expect(await eventually(async () => Object.keys(await known()).length === 2)).toBe(true);
    expect(await known()).toEqual({ Editors: false, Staff: false });
    expect(await eventually(async () => (await told()).length === 3)).toBe(true);
    expect(await told()).toContainEqual(['entitlements.listed.v1', { connector: 'wiki', kind: 'group' }]);
    const over = async () => ((await outcome()) as { outcome: string | null }).outcome !== null;
    expect(await eventually(over)).toBe(true);
    expect(await outcome()).toMatchObject({ outcome: 'complete', found: 2, detail: null });
  });

  it('is told again when somebody asks, with what was renamed and what is gone; nothing where nothing changed', async () => {
    const read = async (): Promise<void> => {
      const before = (await outcome()) as { finishedAt: string };
      wiki.clock.advance(1_000);
      expect((await wiki.call('POST', '/connectors/wiki/entitlements/read')).status).toBe(202);
      await eventually(async () => ((await outcome()) as { finishedAt: string }).finishedAt !== before.finishedAt);
    };
    const before = (await told()).length;
    await read();
    expect(await told()).toHaveLength(before);
    const { groups } = wiki.stub.dump();
    const [staff, editors] = ['Staff', 'Editors'].map((name) => groups.find((one) => one.displayName === name));
    if (staff !== undefined) staff.displayName = 'Everybody';
    wiki.stub.directory.answer('DELETE', `/Groups/${editors?.id ?? ''}`, '');
    await read();
    expect(await known()).toEqual({ Editors: true, Everybody: false });
    expect((await told()).slice(before)).toEqual(
      expect.arrayContaining([
        ['entitlement.shown.v1', expect.objectContaining({ id: staff?.id, name: 'Everybody', gone: false })],
        ['entitlement.shown.v1', expect.objectContaining({ id: editors?.id, name: 'Editors', gone: true })],
      ]),
    );
    expect(await told()).toHaveLength(before + 2);
  });

  it('counts nothing as gone by a reading that failed, and is read again later', async () => {
    wiki.stub.reply = ({ method, url }, usual) =>
      method === 'GET' && url.includes('/Groups?') ? { status: 500, body: {} } : usual();
    wiki.clock.advance(7 * 3_600_000);
    expect(await eventually(async () => ((await outcome()) as { outcome: string }).outcome === 'failed')).toBe(true);
    expect(await known()).toEqual({ Editors: true, Everybody: false });
    wiki.stub.reply = (_, usual) => usual();
    wiki.clock.advance(3_600_000);
    expect(await eventually(async () => ((await outcome()) as { outcome: string }).outcome === 'complete')).toBe(true);
    await wiki.publish(desired('ada', 1, { groups: ['Everybody'] }));
    expect(await wiki.inSync('ada', 1)).toBe(true);
  });

  it('is unknown for a connector that there is not', async () => {
    expect((await wiki.call('GET', '/connectors/none/entitlements')).status).toBe(404);
    expect((await wiki.call('POST', '/connectors/none/entitlements/read')).status).toBe(404);
  });
});
