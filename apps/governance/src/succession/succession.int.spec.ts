import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, type RunningGovernance } from '../governance.fixtures.js';
import { engineer } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await runningGovernance();
});
afterAll(() => hub.stop());

/** Somebody with a manager; owns an application, decides on a package by name, and manages and sponsors one person. */
async function responsible(leaver: string, manager: string | null, report: string): Promise<void> {
  const more = manager === null ? {} : { managerId: manager };
  await hub.stated(
    ...(manager === null ? [] : [hrMessage('hired', engineer(manager))]),
    hrMessage('hired', engineer(leaver, more)),
    hrMessage('hired', engineer(report, { managerId: leaver, sponsorId: leaver })),
  );
  const owners = [identityOf(leaver)];
  await hub.call('PUT', `/applications/a${leaver}`, { displayName: 'A', connectorId: `a${leaver}`, owners });
  await hub.call('PUT', `/access-packages/p${leaver}`, {
    displayName: 'P',
    grants: [{ application: `a${leaver}`, account: true }],
    requestFor: 'anyone',
    approval: { stages: [{ approvers: ['manager', `user:${identityOf(leaver)}`] }] },
  });
}
const leaves = (id: string, more = {}) => hub.stated(hrMessage('terminated', engineer(id, more), 2));
const succession = (id: string, status: string) =>
  eventually(async () => {
    const { body } = await hub.call('GET', `/successions/${identityOf(id)}`);
    return body.status === status ? body : undefined;
  });
const ownersOf = async (id: string) => (await hub.call('GET', `/applications/a${id}`)).body.owners;

describe('succession', () => {
  it('lists what a leaver owns and approves and moves it to the manager', async () => {
    await responsible('9301', '9300', '9302');
    await leaves('9301', { managerId: '9300' });
    expect(await succession('9301', 'done')).toMatchObject({
      leaver: { employeeId: '9301' },
      successor: { employeeId: '9300' },
      items: [
        { kind: 'access-package', id: 'p9301', as: 'approver' },
        { kind: 'application', id: 'a9301', as: 'owner' },
      ],
      reports: 1,
      sponsored: 1,
    });
    expect(await ownersOf('9301')).toEqual([identityOf('9300')]);
    const { body } = await hub.call('GET', '/access-packages/p9301');
    expect(body.approval.stages[0].approvers).toEqual(['manager', `user:${identityOf('9300')}`]);
  });

  it('stays open and listed where nobody is there, until an administrator names somebody who is', async () => {
    await responsible('9311', null, '9312');
    await leaves('9311');
    await succession('9311', 'open');
    const open = await hub.call('GET', `/successions?filter=${encodeURIComponent('status eq "open"')}`);
    expect(open.body.items).toMatchObject([{ leaver: { employeeId: '9311' } }]);
    const transfer = (to: string) =>
      hub.call('POST', `/successions/${identityOf('9311')}/transfer`, { successorId: identityOf(to) });
    expect((await transfer('9311')).body.errors[0].pointer).toBe('/successorId');
    expect((await transfer('9312')).body).toMatchObject({ status: 'done', successor: { employeeId: '9312' } });
    expect(await ownersOf('9311')).toEqual([identityOf('9312')]);
  });

  it('moves what a leaver owns of packages, and the contractors whom a leaver sponsors, to the manager', async () => {
    const contractor = engineer('9332', {
      employmentType: 'contractor',
      sponsorId: '9331',
      terminationDate: '2026-05-31',
    });
    await hub.stated(
      hrMessage('hired', engineer('9330')),
      hrMessage('hired', engineer('9331', { managerId: '9330' })),
      hrMessage('hired', contractor),
    );
    const owners = [identityOf('9331')];
    await hub.call('PUT', '/access-packages/owned', {
      displayName: 'O',
      grants: [{ application: 'a9301', account: true }],
      owners,
    });
    const sponsor = async () => (await hub.call('GET', '/sponsorships')).body.items[0]?.sponsor?.employeeId;
    await eventually(async () => (await sponsor()) === '9331');
    await leaves('9331', { managerId: '9330' });
    expect(await succession('9331', 'done')).toMatchObject({
      successor: { employeeId: '9330' },
      items: [
        { kind: 'access-package', id: 'owned', as: 'owner' },
        { kind: 'identity', id: identityOf('9332'), as: 'sponsor' },
      ],
    });
    expect([await sponsor(), (await hub.call('GET', '/access-packages/owned')).body.owners]).toEqual([
      '9330',
      [identityOf('9330')],
    ]);
  });

  it('lists a sponsor whom nobody follows as open, until an administrator names somebody', async () => {
    const contractor = engineer('9342', {
      employmentType: 'contractor',
      sponsorId: '9341',
      terminationDate: '2026-05-31',
    });
    await hub.stated(hrMessage('hired', engineer('9341')), hrMessage('hired', contractor));
    const about = async () =>
      (await hub.call('GET', `/sponsorships?filter=${encodeURIComponent(`identityId eq "${identityOf('9342')}"`)}`))
        .body.items[0];
    await eventually(async () => (await about())?.sponsorId === identityOf('9341'));
    await leaves('9341');
    await succession('9341', 'open');
    await eventually(async () => (await about()).problem === 'no-sponsor');
    const to = { successorId: identityOf('9330') };
    expect((await hub.call('POST', `/successions/${identityOf('9341')}/transfer`, to)).body.status).toBe('done');
    expect(await about()).toMatchObject({ sponsorId: identityOf('9330'), problem: null });
  });

  it('says nothing of a leaver who was responsible for nothing', async () => {
    await hub.stated(hrMessage('hired', engineer('9320')));
    await leaves('9320');
    await hub.quiet();
    expect((await hub.call('GET', `/successions/${identityOf('9320')}`)).status).toBe(404);
  });
});
