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
const later = (minutes: number) =>
  hub.clock.set(new Date(Date.parse(hub.clock.now()) + minutes * 60_000).toISOString());
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

  it('is told to the log also where it is refused, as is a role that may not make it', async () => {
    await department('refused', 10);
    await packageOf('refused', []);
    const grants = { displayName: 'x', grants: [] };
    expect((await hub.call('PUT', '/access-packages/refused', grants, { roles: ['connector-admin'] })).status).toBe(
      403,
    );
    const told = await eventually(async () => {
      const messages = (await hub.published(topics.operators))
        .filter(({ type }) => type === 'hub.governance.action.refused.v1')
        .map(({ body }) => body as { target: string | null })
        .filter(({ target }) => target === 'refused');
      return messages.length === 2 ? messages : undefined;
    });
    const action = 'PUT /governance/v1/access-packages/:id';
    expect(told).toMatchObject([
      { action, status: 409, code: 'catalog.takes_access' },
      { action, status: 403, code: 'insufficient_role' },
    ]);
    const lines = hub.logged.filter((line) => line.includes('catalog.takes_access'));
    expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ code: 'catalog.takes_access', status: 409, action });
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
    later(61);
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

describe('small changes within an hour', () => {
  const end = (id: string, query = '') => ruleOf(id, inDepartment('nowhere'), [id], query);

  it('count together, by people: what is too many in sum is refused, until somebody confirms it or the hour is over', async () => {
    later(61);
    for (const name of ['sum-a', 'sum-b', 'sum-c']) await department(name, 6);
    expect((await end('sum-a')).status).toBe(200);
    const refused = await end('sum-b');
    expect([refused.status, refused.body.code]).toEqual([409, 'catalog.takes_access']);
    expect(refused.body.touches).toMatchObject({ loses: 6, holders: 6, lastHour: { loses: 12, holders: 12 } });
    expect(refused.body.detail).toContain('together with changes of the last hour from 12 of 12');
    expect(await holders('sum-b')).toBe(6);
    // A change that takes nothing never asks, and nor does the same document again.
    expect((await packageOf('sum-b', [account, { application: 'crm', account: true }])).status).toBe(200);
    expect((await end('sum-a')).status).toBe(200);
    expect((await end('sum-b', '?confirm=6')).status).toBe(200);
    expect((await end('sum-c')).status).toBe(409);
    later(61);
    expect((await end('sum-c')).status).toBe(200);
  });

  it('count whom they take it from once', async () => {
    later(61);
    await department('sum-twice', 8, [account, { application: 'crm', account: true }]);
    for (const name of ['sum-ninth', 'sum-tenth']) await department(name, 1);
    expect((await packageOf('sum-twice', [account])).status).toBe(200);
    expect((await packageOf('sum-twice', [])).status).toBe(200);
    expect((await packageOf('sum-ninth', [])).status).toBe(200);
    const tenth = await packageOf('sum-tenth', []);
    expect([tenth.status, tenth.body.touches.lastHour]).toEqual([409, { loses: 10, holders: 10 }]);
  });

  it('count everybody from whom they could have taken something', async () => {
    later(61);
    const share = await department('sum-share', 205);
    await department('sum-other', 9);
    expect((await packageOf('sum-other', [])).status).toBe(200);
    const without = (ids: string[]) =>
      `${inDepartment('sum-share')} and ${ids.map((id) => `employeeId ne "${id}"`).join(' and ')}`;
    // 10 of 214 are less than 5 %, 11 are not.
    expect((await ruleOf('sum-share', without(share.slice(0, 1)))).status).toBe(200);
    await hub.quiet();
    expect((await ruleOf('sum-share', without(share.slice(0, 2)))).body.touches.lastHour).toEqual({
      loses: 11,
      holders: 214,
    });
  });

  it('that come at once let no more pass than one after the other', async () => {
    later(61);
    const names = Array.from({ length: 4 }, (_, n) => `at-once-${n}`);
    for (const name of names) await department(name, 6);
    const answers = await Promise.all(names.map((name) => end(name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });
});

describe('a dry run', () => {
  it('of a rule says by name who would gain and lose what, and changes nothing', async () => {
    const ids = await department('dry', 3, [account, { application: 'wiki', group: 'Dry' }]);
    await department('wet', 2);
    const facts = async () => (await hub.db.query(`select 1 from events`)).length;
    const before = await facts();
    const { status, body } = await ruleOf('dry', inDepartment('wet'), ['dry'], '?dryRun=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dryRun: true,
      version: 1,
      gains: 2,
      loses: 3,
      holders: 3,
      needsConfirmation: false,
      more: 0,
    });
    const wiki = { id: 'wiki', displayName: 'WIKI' };
    const both = [
      { application: wiki, account: true },
      { application: wiki, group: 'Dry' },
    ];
    const losing = body.people.filter(({ loses }: { loses: object[] }) => loses.length > 0);
    expect(losing.map(({ employeeId }: { employeeId: string }) => employeeId).sort()).toEqual(ids);
    expect(losing[0]).toMatchObject({ displayName: expect.stringContaining('Family'), gains: [], loses: both });
    const gaining = body.people.filter(({ gains }: { gains: object[] }) => gains.length > 0);
    expect(gaining).toMatchObject([{ gains: [{ application: wiki, group: 'Dry' }], loses: [] }, {}]);
    await hub.quiet();
    expect([await facts(), await holders('dry')]).toEqual([before, 3]);
    expect((await hub.call('GET', '/birthright-rules/dry')).body.version).toBe(1);
  });

  it('of a document that is not there yet makes none', async () => {
    await packageOf('unborn', [account]);
    const { status, body } = await ruleOf('unborn', inDepartment('wet'), ['unborn'], '?dryRun=true');
    expect([status, body.version, body.gains, body.loses]).toEqual([200, 0, 0, 0]);
    const other = await packageOf('unmade', [account], '?dryRun=true');
    expect([other.status, other.body.dryRun]).toEqual([200, true]);
    expect((await hub.call('GET', '/birthright-rules/unborn')).status).toBe(404);
    expect((await hub.call('GET', '/access-packages/unmade')).status).toBe(404);
  });

  it('of a package says what its holders would gain and lose, and whether somebody has to confirm it', async () => {
    await department('dry-package', 10);
    const grants = [{ application: 'crm', account: true }];
    const { body } = await packageOf('dry-package', grants, '?dryRun=true');
    expect(body).toMatchObject({ gains: 10, loses: 10, holders: 10, needsConfirmation: true });
    expect(body.people[0]).toMatchObject({
      gains: [{ application: { id: 'crm', displayName: 'CRM' }, account: true }],
      loses: [{ application: { id: 'wiki', displayName: 'WIKI' }, account: true }],
    });
    expect((await packageOf('dry-package', grants)).status).toBe(409);
  });

  it('is refused as the change itself would be', async () => {
    const unknown = await ruleOf('dry', inDepartment('wet'), ['nothing'], '?dryRun=true');
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/packages/0']);
    const draft = { displayName: 'dry', grants: [], status: 'draft' };
    expect((await hub.call('PUT', '/access-packages/dry?dryRun=true', draft)).body.code).toBe(
      'access_package.was_published',
    );
    expect((await ruleOf('dry', inDepartment('wet'), ['dry'], '?dryRun=yes')).body.errors[0].pointer).toBe('/dryRun');
    expect(
      (await hub.call('PUT', '/applications/wiki?dryRun=true', { displayName: 'W', connectorId: 'wiki' })).status,
    ).toBe(400);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
