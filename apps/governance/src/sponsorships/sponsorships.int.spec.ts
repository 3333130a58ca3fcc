import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance, worker } from '../governance.fixtures.js';
import { expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 6000 manages 6001, who sponsors contractors. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(hrMessage('hired', worker('6000')), hrMessage('hired', worker('6001', { managerId: '6000' })));
  await known(hub, '6000', '6001');
});
afterAll(() => hub.stop());

const contractor = (id: string, more = {}) =>
  worker(id, { employmentType: 'contractor', sponsorId: '6001', terminationDate: '2026-05-31', ...more });
const list = async (as?: string) =>
  (await hub.call('GET', '/sponsorships', undefined, as === undefined ? {} : { as, ...requester })).body.items;
const about = async (id: string) =>
  ((await list()) as { identityId: string }[]).find(({ identityId }) => identityId === identityOf(id));
const told = async (id: string) =>
  (await hub.published(topics.decisions)).flatMap(({ type, key, body }) =>
    key === identityOf(id) && type === 'hub.governance.sponsorship.ending.v1'
      ? [(body as { daysLeft: number }).daysLeft]
      : [],
  );

it('a contractor has the sponsor and the end that HR states, and the sponsor sees them', async () => {
  await hub.stated(hrMessage('hired', contractor('6010')), hrMessage('hired', worker('6011')));
  await eventually(async () => (await list()).length === 1);
  expect(await list('6001')).toMatchObject([
    {
      identity: { employeeId: '6010' },
      sponsor: { employeeId: '6001' },
      endsAt: '2026-06-01T00:00:00.000Z',
      problem: null,
    },
  ]);
  expect(await list('6000')).toEqual([]);
});

it('who lacks a sponsor, names one whom nobody knows, or has no end is listed; the sponsor is found later', async () => {
  const { sponsorId: _, ...alone } = contractor('6012');
  const { terminationDate: __, ...endless } = contractor('6013');
  await hub.stated(
    hrMessage('hired', alone),
    hrMessage('hired', endless),
    hrMessage('hired', contractor('6014', { sponsorId: '6099' })),
  );
  await eventually(async () => (await list()).length === 4);
  const problems = await Promise.all(['6012', '6013', '6014'].map(about));
  expect(problems).toMatchObject([{ problem: 'no-sponsor' }, { problem: 'no-end' }, { problem: 'no-sponsor' }]);
  await hub.stated(hrMessage('hired', worker('6099')));
  hub.clock.set('2026-03-03T09:00:01.000Z');
  await eventually(
    async () => (await hub.call('GET', '/sponsorships?filter=problem eq "no-sponsor"')).body.items.length === 1,
  );
  expect(await about('6014')).toMatchObject({ sponsorId: identityOf('6099') });
});

it("a leaving sponsor's people pass to the sponsor's manager, until HR names another", async () => {
  await hub.stated(hrMessage('terminated', worker('6001', { managerId: '6000' }), 2));
  await eventually(async () => (await list('6000')).length === 2);
  // The leaving is taken back, and stated again.
  await hub.stated(hrMessage('rehired', worker('6001', { managerId: '6000' }), 3));
  await eventually(
    async () =>
      (await list()).filter((one: { sponsorId: string }) => one.sponsorId === identityOf('6001')).length === 2,
  );
  await hub.stated(hrMessage('terminated', worker('6001', { managerId: '6000' }), 4));
  await eventually(async () => (await list('6000')).length === 2);
  await hub.stated(hrMessage('changed', contractor('6010', { jobTitle: 'Painter', sponsorId: '6099' }), 2));
  await eventually(async () => (await list('6000')).length === 1);
  expect(await about('6010')).toMatchObject({ sponsorId: identityOf('6099') });
});

it('the end is announced 30, 7 and 1 days before, again after an extension, and leaving ends it', async () => {
  for (const day of ['2026-05-02', '2026-05-25', '2026-05-31']) {
    const before = (await told('6010')).length;
    hub.clock.set(`${day}T00:00:00.000Z`);
    await eventually(async () => (await told('6010')).length === before + 1);
  }
  expect(await told('6010')).toEqual([30, 7, 1]);
  const extended = contractor('6010', { sponsorId: '6099', terminationDate: '2026-06-20' });
  await hub.stated(hrMessage('changed', extended, 3));
  await eventually(async () => (await told('6010')).length === 4);
  expect([await told('6010'), await about('6010')]).toMatchObject([[30, 7, 1, 30], { noticed: 30 }]);
  await hub.stated(hrMessage('terminated', extended, 4));
  await eventually(async () => (await about('6010')) === undefined);
});

it('everything published keeps its contract', () => expectContractsKept(hub));
