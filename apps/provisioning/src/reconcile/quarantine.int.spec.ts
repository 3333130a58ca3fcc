import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { CaseView } from '../cases/cases.query.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('a connector of which the application refuses most accounts', () => {
  let wiki: Wiki;
  const quarantine = { failures: 3, percent: 40, firstProbeMinutes: 15, mostProbeMinutes: 30 };
  const cases = async (): Promise<CaseView[]> =>
    (await wiki.call('GET', `/cases?filter=${encodeURIComponent('kind eq "connector"')}`)).body.items as CaseView[];
  /** Accounts with such names are refused. */
  const refuse = (names: RegExp): void => {
    wiki.stub.reply = ({ method, body }) =>
      method === 'POST' && names.test(body) ? { status: 422, body: { detail: 'no licence', status: '422' } } : null;
  };
  const waits = (name: string): Promise<unknown> =>
    eventually(async () => {
      const rows = await wiki.db.query(
        `select from desired where identity_id = $1::uuid and dirty and next_attempt_at > $2::timestamptz`,
        [personId(name), wiki.clock.now()],
      );
      return rows.length === 1;
    });

  beforeAll(async () => {
    wiki = await runningWiki();
    await wiki.connect({ quarantine });
    await wiki.publish(desired('good', 1));
    await wiki.inSync('good', 1);
    refuse(/bad/);
    await wiki.publish(desired('bad-1', 1), desired('bad-2', 1), desired('bad-3', 1));
    await eventually(async () => (await wiki.health()) === 'quarantined');
  });
  afterAll(() => wiki.stop());

  it('gives nobody anything, says so as a case, and still takes away', async () => {
    expect(await cases()).toMatchObject([
      { code: 'quarantined', connector: 'wiki', words: expect.stringContaining('3 of 4 accounts') },
    ]);
    await wiki.publish(desired('eve', 1));
    await waits('eve');
    await wiki.publish(leaver('good', 2));
    await eventually(() => wiki.users('good')[0]?.active === false);
    expect([wiki.users('eve'), await wiki.health()]).toEqual([[], 'quarantined']);
  });

  it('is still so after a restart', async () => {
    await wiki.restart();
    await eventually(async () => (await wiki.health()) === 'quarantined');
    await wiki.publish(desired('fay', 1));
    await waits('fay');
    expect(wiki.users('fay')).toEqual([]);
  });

  it('is tried by a few after a while, at waits that grow, until they are accepted', async () => {
    refuse(/bad|eve|fay/);
    const next = async (): Promise<string> => /from (\S+) on/.exec((await cases())[0]?.words ?? '')?.[1] ?? '';
    const first = await next();
    // The clock stands still while they are tried: a call may take no longer than half a minute of it.
    wiki.clock.advance(15 * 60_000);
    await eventually(async () => (await next()) !== first);
    const waitMs = Date.parse(await next()) - Date.parse(wiki.clock.now());
    expect(waitMs).toBeGreaterThan(15 * 60_000);
    expect((await cases())[0]?.words).toContain('1 probes failed');
    // What they had in common is corrected: those that were refused before are tried again then, too.
    refuse(/nobody at all/);
    await wiki.publish(desired('gil', 1));
    await waits('gil');
    wiki.clock.advance(30 * 60_000);
    expect(await wiki.inTime(() => wiki.users('gil').length === 1)).toBe(true);
    await eventually(async () => (await wiki.health()) === 'working');
    expect(await cases()).toEqual([]);
  });

  it('takes other limits, and names what is wrong with them', async () => {
    const { body } = await wiki.call('PUT', '/connectors/wiki', {
      protocol: 'scim2',
      baseUrl: wiki.stub.baseUrl,
      quarantine: { percent: 101, firstProbeMinutes: 0 },
    });
    expect((body.errors as { pointer: string }[]).map(({ pointer }) => pointer).sort()).toEqual([
      '/quarantine/firstProbeMinutes',
      '/quarantine/percent',
    ]);
  });
});
