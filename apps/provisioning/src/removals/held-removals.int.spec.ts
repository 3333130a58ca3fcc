import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { ExposureView } from '../exposures/exposures.query.js';

jest.setTimeout(60_000);

let wiki: Wiki;
const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const staff = names('p', 30);

beforeAll(async () => {
  wiki = await runningWiki();
  await wiki.connect();
  await wiki.publish(...[...staff, 'single', 'locked'].map((name) => desired(name, 1)));
  await eventually(() => wiki.stub.dump().users.length === 32);
  await wiki.inSync('locked', 1);
});
afterAll(() => wiki.stop());

const active = () => staff.filter((name) => wiki.users(name)[0]?.active === true);
const isOff = (name: string): boolean => wiki.users(name)[0]?.active === false;
const held = async () => (await wiki.parked()).filter(({ code }) => code === 'removal-held').map(({ id }) => id);
const exposures = async () => (await wiki.call('GET', '/exposures?limit=100')).body.items as ExposureView[];
const release = (body: object) => wiki.call('POST', '/connectors/wiki/held-removals/release', body);

describe('the limit of removals', () => {
  it('holds what is beyond it when many leave at once, as exposures with a deadline', async () => {
    await wiki.publish(...staff.map((name) => leaver(name, 2)));
    await eventually(async () => (await held()).length === 20 && active().length === 20);
    await wiki.inTime(async () => (await exposures()).length === 20, 2_000);
    const [one] = await exposures();
    expect(one).toMatchObject({ code: 'held', kind: 'leaver', dueAt: '2026-03-02T10:00:00.000Z' });
    expect(one?.why).toContain('more than 10 accounts');
  });

  it('never holds one who leaves alone, nor what a person decided about one person', async () => {
    wiki.clock.advance(300_000);
    await wiki.publish(leaver('single', 2));
    await eventually(() => isOff('single'));
    await wiki.publish({ ...leaver('locked', 2), actor: `identity/${personId('security')}` });
    await eventually(() => isOff('locked'));
    expect(active().length).toBe(20);
  });

  it('holds them again after a restart, and lets those go on that a person releases, with the reason in the log', async () => {
    await wiki.restart();
    await wiki.quiescence();
    expect([(await held()).length, active().length]).toEqual([20, 20]);
    const [first = '', second = ''] = await held();
    expect((await release({ identities: [first, second] })).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await release({ reason: 'The branch closes', identities: [first, second] })).body).toEqual({ released: 2 });
    await eventually(() => active().length === 18);
    expect((await release({ reason: 'The branch closes' })).body).toEqual({ released: 18 });
    await eventually(() => active().length === 0);
    await wiki.inTime(async () => (await exposures()).length === 0, 2_000);
    expect((await release({ reason: 'Again' })).body).toEqual({ released: 0 });
    const told = (await wiki.published(topics.operators)).filter(({ type }) => type.includes('removals.released'));
    expect(told.map(({ body }) => body)).toMatchObject([
      { connector: 'wiki', identities: [first, second], reason: 'The branch closes' },
      { connector: 'wiki' },
    ]);
  });

  it('is stated with the connector, shown, and refused where it is none', async () => {
    const threshold = { people: 40, percent: 0, least: 3 };
    await wiki.connect({ accidentalDeletionThreshold: threshold });
    const { body } = await wiki.call('GET', '/connectors/wiki');
    expect(body.accidentalDeletionThreshold).toEqual(threshold);
    await expect(wiki.connect({ accidentalDeletionThreshold: { people: 0 } })).rejects.toThrow(
      '/accidentalDeletionThreshold/people',
    );
    const nobody = await wiki.call('POST', '/connectors/none/held-removals/release', { reason: 'x' });
    expect(nobody.status).toBe(404);
  });
});
