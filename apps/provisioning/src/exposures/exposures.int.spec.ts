import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { ExposureView } from './exposures.query.js';

jest.setTimeout(60_000);

let wiki: Wiki;
beforeEach(async () => {
  wiki = await runningWiki();
  await wiki.connect();
  await wiki.publish(desired('ada', 1, { groups: ['Staff'] }), desired('bob', 1, { groups: ['Staff', 'Editors'] }));
  await wiki.inSync('ada', 1);
  await wiki.inSync('bob', 1);
});
afterEach(() => wiki.stop());

const list = async (query = ''): Promise<readonly ExposureView[]> =>
  (await wiki.call('GET', `/exposures?${query}`)).body.items as ExposureView[];
const gauge = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name}\\{connector="wiki"\\} (.*)$`, 'm').exec(await wiki.metrics())?.[1]);
const told = async (): Promise<string[]> =>
  (await wiki.published(topics.results)).flatMap(({ type }) => /exposure\.(\w+)\./.exec(type)?.[1] ?? []);

describe('exposures', () => {
  it('open while an application is down, are escalated when the deadline is over, and close by the reading after the removal', async () => {
    expect(await list()).toEqual([]);
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 503 };
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await list()).length === 1);
    const [open] = await list();
    expect(open).toMatchObject({
      state: 'open',
      kind: 'leaver',
      person: { id: personId('ada') },
      application: { id: 'wiki', displayName: 'Wiki' },
      account: wiki.users('ada')[0]?.id,
      exposed: ['account', 'group:Staff'],
      code: 'application-down',
      decidedAt: '2026-03-02T09:00:00.000Z',
      dueAt: '2026-03-02T10:00:00.000Z',
      overdue: false,
    });
    expect([await gauge('hub_exposures_open'), await gauge('hub_exposures_overdue')]).toEqual([1, 0]);
    wiki.clock.advance(3_600_000);
    await eventually(async () => (await list())[0]?.escalations === 1);
    expect([(await list())[0]?.overdue, await gauge('hub_exposures_overdue')]).toEqual([true, 1]);
    wiki.stub.faults = {};
    await wiki.inTime(async () => (await list()).length === 0);
    expect(wiki.users('ada')[0]?.active).toBe(false);
    const [closed] = await list('state=closed');
    expect(closed).toMatchObject({ id: open?.id, state: 'closed', how: 'verified', overdue: false });
    const proof = (await wiki.results()).find(({ id }) => id === closed?.proof);
    expect(proof).toMatchObject({ type: 'hub.provisioning.account.disabled.v1', body: { verified: true } });
    expect((await told()).filter((step) => step !== 'changed')).toEqual(['opened', 'escalated', 'closed']);
    expect(await gauge('hub_exposures_open')).toBe(0);
  });

  it('find out an application that answers 200 and does nothing, and no dismissal closes them', async () => {
    wiki.stub.reply = ({ method }) => (method === 'PATCH' ? { status: 204 } : null);
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(async () => (await list())[0]?.code === 'not-done', 5_000);
    await wiki.inTime(async () => (await wiki.parked()).length === 1, 30_000);
    await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/dismiss`, { reason: 'later' });
    await wiki.inTime(async () => (await list())[0]?.code === 'dismissed', 5_000);
    expect((await list('state=closed')).length).toBe(0);
  });

  it('open for a group that a person who stays should not have any more', async () => {
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 422 };
    await wiki.publish(desired('bob', 2, { groups: ['Staff'] }));
    await wiki.inTime(async () => (await list()).length === 1, 5_000);
    expect(await list()).toMatchObject([{ kind: 'unassigned', exposed: ['group:Editors'], code: 'refused' }]);
    wiki.stub.faults = {};
    await wiki.publish(desired('bob', 3, { groups: ['Staff', 'Editors'] }));
    await wiki.inTime(async () => (await list()).length === 0, 5_000);
    expect(await list('state=closed')).toMatchObject([{ how: 'wanted-again' }]);
  });

  it('open for none whose removal works at once, survive a restart, and are filtered, paged and refused', async () => {
    await wiki.publish(leaver('bob', 2));
    await wiki.inSync('bob', 2);
    wiki.clock.advance(10_000);
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(leaver('ada', 2), leaver('bob', 3));
    await wiki.inTime(async () => (await list()).length === 1, 5_000);
    await wiki.restart();
    expect(await list()).toMatchObject([{ person: { id: personId('ada') }, code: 'observing' }]);
    const filter = encodeURIComponent(`person.id eq "${personId('ada')}" and application eq "wiki"`);
    expect(await list(`filter=${filter}`)).toHaveLength(1);
    expect(await list(`filter=${encodeURIComponent('code eq "refused"')}`)).toEqual([]);
    const id = (await list())[0]?.id ?? '';
    expect((await wiki.call('GET', `/exposures/${id}`)).body).toMatchObject({ id, kind: 'leaver' });
    expect((await wiki.call('GET', `/exposures/${personId('nobody')}`)).status).toBe(404);
    expect((await wiki.call('GET', '/exposures?state=some')).body.errors).toMatchObject([{ pointer: '/state' }]);
    expect((await wiki.call('GET', '/exposures', undefined, { roles: ['requester'] })).status).toBe(403);
  });
});
