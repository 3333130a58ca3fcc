import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { ReceiptView } from './receipts.query.js';

jest.setTimeout(60_000);

let wiki: Wiki;
beforeEach(async () => {
  wiki = await runningWiki();
  await wiki.connect();
  await wiki.publish(
    desired('ada', 1, { groups: ['Staff', 'Editors'] }),
    desired('bob', 1, { groups: ['Staff'] }),
    desired('eve', 1),
  );
  for (const name of ['ada', 'bob', 'eve']) await wiki.inSync(name, 1);
});
afterEach(() => wiki.stop());

const list = async (query = ''): Promise<readonly ReceiptView[]> =>
  (await wiki.call('GET', `/revocation-receipts?${query}`)).body.items as ReceiptView[];
const late = () => list(`filter=${encodeURIComponent('late eq true')}`);
const summary = async () => (await wiki.call('GET', '/revocation-receipts/summary')).body;
const metric = async (name: string, labels = ''): Promise<number> =>
  Number(new RegExp(`^${name}\\{connector="wiki"${labels}\\} (.*)$`, 'm').exec(await wiki.metrics())?.[1]);
const start = '2026-03-02T09:00:00.000Z';

describe('revocation receipts', () => {
  it('say when the end of access was decided, accepted and verified, for the account and its groups', async () => {
    expect(await list()).toEqual([]);
    wiki.clock.advance(4_000);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    const at = '2026-03-02T09:00:04.000Z';
    const gone = { open: 0, acceptedAt: at, verifiedAt: at };
    expect(await list()).toEqual([
      {
        person: { id: personId('ada'), employeeId: null, displayName: 'ada Person' },
        application: { id: 'wiki', displayName: 'Wiki' },
        connector: 'wiki',
        account: wiki.users('ada')[0]?.id,
        decidedAt: start,
        dueAt: '2026-03-02T10:00:00.000Z',
        state: 'verified',
        acceptedAt: at,
        verifiedAt: at,
        seconds: 4,
        late: false,
        parts: {
          account: { verified: 1, ...gone },
          memberships: { verified: 2, ...gone },
          roles: { verified: 0, open: 0, acceptedAt: null, verifiedAt: null },
        },
        sessions: 'not-covered',
      },
    ]);
  });

  it('find out a server that answers with success and does nothing, list who is late, and count percentiles', async () => {
    wiki.clock.advance(2_000);
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    wiki.stub.reply = ({ method }) => (method === 'PATCH' ? { status: 204 } : null);
    await wiki.publish(leaver('bob', 2));
    await wiki.inTime(async () => (await list()).some(({ state }) => state === 'accepted'));
    expect(await late()).toEqual([]);
    wiki.clock.advance(3_600_000);
    expect(await late()).toMatchObject([
      {
        person: { id: personId('bob') },
        state: 'accepted',
        verifiedAt: null,
        seconds: null,
        parts: { account: { verified: 0, open: 1 }, memberships: { open: 1 } },
      },
    ]);
    expect(await summary()).toMatchObject({
      agreedSeconds: 3600,
      total: 2,
      verified: 1,
      open: 1,
      late: 1,
      p50: 2,
      p95: 2,
    });
    expect(await metric('hub_revocations_late')).toBe(1);
    expect(await metric('hub_revocation_seconds', ',quantile="0.95"')).toBe(2);
    wiki.stub.reply = () => null;
    await wiki.call('POST', `/connectors/wiki/parked/${personId('bob')}/retry`);
    await wiki.inTime(async () => (await list()).every(({ state }) => state === 'verified'));
    expect(await late()).toMatchObject([{ person: { id: personId('bob') }, state: 'verified', late: true }]);
    expect(await summary()).toMatchObject({ verified: 2, open: 0, late: 1 });
  });

  it('count a person only where something had to end, come page by page, and refuse a period that is none', async () => {
    await wiki.publish(desired('eve', 2, { active: false }));
    await wiki.inSync('eve', 2);
    wiki.clock.advance(1_000);
    const left = [leaver('ada', 2), leaver('bob', 2), leaver('eve', 3)];
    await wiki.publish(...left.map((message) => ({ ...message, time: wiki.clock.now() })));
    await eventually(async () => (await list()).filter(({ state }) => state === 'verified').length === 2);
    const first = (await wiki.call('GET', '/revocation-receipts?limit=1')).body;
    const second = (await wiki.call('GET', `/revocation-receipts?limit=1&cursor=${first.nextCursor as string}`)).body;
    const seen = [...first.items, ...second.items].map(({ person }: ReceiptView) => person.id);
    expect([seen.sort(), second.nextCursor]).toEqual([[personId('ada'), personId('bob')].sort(), null]);
    const { status, body } = await wiki.call('GET', '/revocation-receipts/summary?from=yesterday');
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/from' }]]);
    expect((await wiki.call('GET', '/revocation-receipts', undefined, { roles: ['approver'] })).status).toBe(403);
  });
});
