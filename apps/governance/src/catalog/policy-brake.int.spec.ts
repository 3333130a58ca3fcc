import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';
import { expectContractsKept } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
let people = 0;
beforeAll(async () => {
  hub = await runningGovernance();
  for (const id of ['wiki', 'crm'])
    await hub.call('PUT', `/applications/${id}`, { displayName: id.toUpperCase(), connectorId: id });
});
afterAll(() => hub.stop());

const account = { application: 'wiki', account: true };
const packageOf = (id: string, grants: object[] = [account], query = '') =>
  hub.call('PUT', `/access-packages/${id}${query}`, { displayName: id, grants });
const ruleOf = (id: string, filter: string, packages: string[] = [id], query = '') =>
  hub.call('PUT', `/birthright-rules/${id}${query}`, { displayName: id, filter, packages });
const inDepartment = (department: string) => `department eq "${department}"`;

/** A department of its own with so many people, who hold a package by a rule, both called like it. */
async function department(name: string, size: number, grants: object[] = [account]): Promise<string[]> {
  await packageOf(name, grants);
  await ruleOf(name, inDepartment(name));
  const ids = Array.from({ length: size }, () => String(6000 + (people += 1)));
  await hub.stated(...ids.map((id) => hrMessage('hired', worker(id, { department: name }))));
  return ids;
}
const holders = async (packageId: string) =>
  (
    await hub.call(
      'GET',
      `/assignments?limit=500&filter=${encodeURIComponent(`packageId eq "${packageId}" and status eq "active"`)}`,
    )
  ).body.items.length;
const jobDone = (id: string) =>
  eventually(async () => {
    const { body } = await hub.call('GET', `/jobs/${id}`);
    return body.status === 'completed' ? body : undefined;
  });

describe('a change that takes access from many', () => {
  it('of a filter is refused with whom it touches, by name, and changes nothing', async () => {
    const ids = await department('typo', 12);
    const { status, body } = await ruleOf('typo', inDepartment('tpyo'));
    expect([status, body.code]).toEqual([409, 'catalog.takes_access']);
    expect(body.detail).toContain('12 of 12');
    expect(body.touches).toMatchObject({ loses: 12, holders: 12, more: 0 });
    expect(body.touches.people.map(({ employeeId }: { employeeId: string }) => employeeId).sort()).toEqual(ids);
    expect(body.touches.people[0]).toMatchObject({
      id: expect.any(String),
      displayName: expect.stringContaining('Family'),
      loses: [{ application: { id: 'wiki', displayName: 'WIKI' }, account: true }],
    });
    await hub.quiet();
    expect(await holders('typo')).toBe(12);
    expect((await hub.call('GET', '/birthright-rules/typo')).body).toMatchObject({ version: 1 });
  });

  it.each([
    ['packages of a rule', (id: string) => ruleOf(id, inDepartment(id), [])],
    ['grants of a package', (id: string) => packageOf(id, [])],
    ['one group of a package', (id: string) => packageOf(id, [account, { application: 'wiki', group: 'Kept' }])],
    ['the account that a group needs', (id: string) => packageOf(id, [{ application: 'wiki', group: 'Kept' }])],
    [
      'a group under another name',
      (id: string) =>
        packageOf(id, [account, { application: 'wiki', group: 'kept' }, { application: 'wiki', group: 'Gone' }]),
    ],
  ])('of %s is refused', async (what, change) => {
    const id = `change-${what.replaceAll(' ', '-')}`;
    await department(id, 10, [account, { application: 'wiki', group: 'Kept' }, { application: 'wiki', group: 'Gone' }]);
    const { status, body } = await change(id);
    expect([status, body.code, body.touches?.loses]).toEqual([409, 'catalog.takes_access', 10]);
    await hub.quiet();
    expect(await holders(id)).toBe(10);
  });

  it('passes while no more lose access than were confirmed, also on the first call', async () => {
    await department('confirmed', 11);
    const less = await ruleOf('confirmed', inDepartment('none'), ['confirmed'], '?confirm=10');
    expect([less.status, less.body.touches.loses]).toEqual([409, 11]);
    expect(less.body.detail).toContain('more than the 10 confirmed');
    const passed = await ruleOf('confirmed', inDepartment('none'), ['confirmed'], '?confirm=11&reason=Project%20over');
    expect(passed.status).toBe(200);
    const job = await jobDone(passed.body.job.id);
    expect(job).toMatchObject({
      change: { kind: 'birthright-rule', id: 'confirmed', version: 2 },
      touched: 11,
      gained: 0,
      lost: 11,
      checked: 11,
    });
    expect(await holders('confirmed')).toBe(0);
  });

  it('is told to the log with who released it and why', async () => {
    const told = (await hub.published(topics.operators)).filter(
      ({ type }) => type === 'hub.governance.policy-change.released.v1',
    );
    expect(told.map(({ body, actor }) => [body, actor])).toEqual([
      [
        {
          change: { kind: 'birthright-rule', id: 'confirmed', version: 2 },
          loses: 11,
          holders: 11,
          confirmed: 11,
          releasedBy: expect.any(String),
          reason: 'Project over',
        },
        expect.stringMatching(/^subject\//),
      ],
    ]);
    expect(told[0]?.actor.endsWith((told[0]?.body as { releasedBy: string }).releasedBy)).toBe(true);
  });

  it('is not asked about when it says nothing new, whatever was confirmed', async () => {
    await department('unchanged', 10);
    for (const query of ['', '?confirm=0']) {
      const { status, body } = await ruleOf('unchanged', inDepartment('unchanged'), ['unchanged'], query);
      expect([status, body.job]).toEqual([200, null]);
    }
  });

  it('is not asked about below the threshold', async () => {
    await department('few', 9);
    expect((await ruleOf('few', inDepartment('none'))).status).toBe(200);
    const share = await department('share', 210);
    const spared = share.slice(0, 10).map((id) => `employeeId ne "${id}"`);
    const most = `${inDepartment('share')} and ${spared.join(' and ')}`;
    expect((await ruleOf('share', most)).status).toBe(200);
    await hub.quiet();
    expect(await holders('share')).toBe(200);
    const more = share.slice(0, 20).map((id) => `employeeId ne "${id}"`);
    expect((await ruleOf('share', `${inDepartment('share')} and ${more.join(' and ')}`)).status).toBe(409);
  });

  it('does not count who keeps the same by another rule or package', async () => {
    await department('doubled', 10);
    await ruleOf('doubled-too', inDepartment('doubled'), ['doubled']);
    expect((await ruleOf('doubled', inDepartment('none'), ['doubled'])).status).toBe(200);
    await hub.quiet();
    expect(await holders('doubled')).toBe(10);
  });

  it('does not count what an earlier change is still taking away', async () => {
    await department('earlier', 10);
    await packageOf('also-earlier', [{ application: 'crm', account: true }]);
    await ruleOf('also-earlier', inDepartment('earlier'));
    await hub.quiet();
    const page = hub.hold(/insert into access \(/);
    expect((await ruleOf('earlier', inDepartment('none'), ['earlier'], '?confirm=10')).status).toBe(200);
    await page.arrived;
    const other = await packageOf('earlier', [account, { application: 'wiki', group: 'More' }]);
    page.release();
    expect(other.status).toBe(200);
    await hub.quiet();
    expect([await holders('earlier'), await holders('also-earlier')]).toEqual([0, 10]);
  });

  it.each(['-1', '1.5', 'all'])('with confirm=%s is refused by name', async (confirm) => {
    const { status, body } = await packageOf('unchanged', [account], `?confirm=${confirm}`);
    expect([status, body.errors[0].pointer]).toEqual([400, '/confirm']);
  });
});

describe('a job', () => {
  it('counts whom a new rule gives something', async () => {
    await packageOf('new-for-all');
    const ids = Array.from({ length: 5 }, () => String(6000 + (people += 1)));
    await hub.stated(...ids.map((id) => hrMessage('hired', worker(id, { department: 'Jobs' }))));
    const { body } = await ruleOf('new-for-all', inDepartment('Jobs'));
    expect(await jobDone(body.job.id)).toMatchObject({ touched: 5, gained: 5, lost: 0, continuedBy: null });
  });

  it('is not taken up by a later change, which is a job of its own', async () => {
    await packageOf('taken-up');
    const page = hub.hold(/insert into access \(/);
    const first = (await ruleOf('taken-up', inDepartment('Jobs'))).body.job;
    await page.arrived;
    const second = (await packageOf('taken-up', [account, { application: 'wiki', group: 'Later' }])).body.job;
    page.release();
    expect(await jobDone(second.id)).toMatchObject({ continuedBy: null });
    expect(await jobDone(first.id)).toMatchObject({ continuedBy: null, gained: 5 });
  });

  it('of an unknown id is not found', async () => {
    expect((await hub.call('GET', `/jobs/${identityOf('nobody')}`)).status).toBe(404);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
