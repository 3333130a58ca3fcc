import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('an application that refuses to take something away', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  const withGroups = async (): Promise<void> => {
    await wiki.publish(desired('ada', 1, { groups: ['Editors', 'Staff'] }));
    await wiki.inSync('ada', 1);
  };
  const without = (sequence: number) => desired('ada', sequence, { active: false });

  it.each([405, 409, 501] as const)(
    'a leaver whose deletion is answered %i is disabled, leaves the groups, and the refusal is shown',
    async (refuseWith) => {
      await wiki.connect({ deprovision: { onLeave: 'delete' } });
      await withGroups();
      wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'DELETE', refuseWith };
      await wiki.publish(leaver('ada', 2));
      await wiki.inTime(() => wiki.users('ada')[0]?.active === false);
      await wiki.inTime(async () => (await wiki.parked()).length === 1);
      expect([wiki.members('Editors'), wiki.members('Staff')]).toEqual([[], []]);
      expect(await wiki.parked()).toMatchObject([
        { id: personId('ada'), code: 'delete-refused', detail: expect.stringContaining(String(refuseWith)) },
      ]);
      wiki.stub.faults = {};
      await wiki.call('POST', `/connectors/wiki/parked/${personId('ada')}/retry`);
      await wiki.inSync('ada', 2);
      expect(wiki.users('ada')).toEqual([]);
    },
  );

  it('a leaver whose deletion fails again and again is shut out meanwhile', async () => {
    await wiki.connect({ deprovision: { onLeave: 'delete' } });
    await withGroups();
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'DELETE', refuseWith: 500 };
    await wiki.publish(leaver('ada', 2));
    await wiki.inTime(() => wiki.users('ada')[0]?.active === false && wiki.members('Staff').length === 0);
    wiki.stub.faults = {};
    await wiki.inTime(() => wiki.users('ada').length === 0);
    await wiki.inSync('ada', 2);
  });

  it('tells of an application that says it deleted the account, and only disabled it', async () => {
    await wiki.connect({ deprovision: { onLeave: 'delete' } });
    await withGroups();
    wiki.stub.directory.deleteDeactivates = true;
    await wiki.publish(leaver('ada', 2));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect([wiki.users('ada')[0]?.active, wiki.members('Editors'), wiki.members('Staff')]).toEqual([false, [], []]);
    expect(await wiki.parked()).toMatchObject([{ code: 'delete-refused' }]);
  });

  it('somebody who lost the application is disabled where deletion is refused', async () => {
    await wiki.connect({ deprovision: { onUnassign: 'delete' } });
    await withGroups();
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'DELETE', refuseWith: 405 };
    await wiki.publish(without(2));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect([wiki.users('ada')[0]?.active, wiki.members('Staff')]).toEqual([false, []]);
  });

  it.each([
    ['disabling', '/scim/v2/Users', () => leaver('ada', 2)],
    ['leaving one group', '/scim/v2/Groups/g2', () => without(2)],
  ] as const)('what else can be taken away is when %s is refused', async (_, path, wanted) => {
    await wiki.connect();
    await withGroups();
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 422, path };
    await wiki.publish(wanted());
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await wiki.parked()).toMatchObject([{ code: 'validation' }]);
    const left = [...wiki.members('Editors'), ...wiki.members('Staff'), ...wiki.users('ada').filter((u) => u.active)];
    expect(left).toHaveLength(1);
  });
});
