import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { between, type Between } from '../../../../test/targets/contract/between.js';
import { described } from '../../../../test/targets/contract/subjects.js';
import type { RunningApi } from '../../../../test/targets/rest/api.js';
import { InvoicingApi } from '../../../../test/targets/rest/invoicing-api.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(120_000);

const token = 'invoicing-token-83f1';

describe('accounts by the application’s own API', () => {
  let wiki: Wiki;
  let invoicing: InvoicingApi;
  let api: RunningApi;
  let way: Between;

  beforeEach(async () => {
    wiki = await runningWiki();
    invoicing = new InvoicingApi();
    api = await invoicing.serve(token);
    way = await between(api.port);
    const baseUrl = `http://127.0.0.1:${way.port}/api`;
    await wiki.connect({
      protocol: 'rest',
      baseUrl,
      auth: { type: 'bearer', token },
      rest: described('invoicing', baseUrl),
    });
  });
  afterEach(async () => {
    await wiki.stop();
    await way.stop();
    await api.stop();
  });

  const users = () => invoicing.users.all.filter(({ login }) => login === 'ada@corp.example');
  const held = async (): Promise<unknown> => ({
    groups: await invoicing.holders('group', 'Staff'),
    roles: await invoicing.holders('role', 'Approver'),
  });
  const ada = (sequence: number, more: object = {}) =>
    desired('ada', sequence, { groups: ['Staff'], roles: ['Approver'], ...more });
  const calls = (): string[] =>
    way.writes.map(
      ({ method, url }) =>
        `${method} ${url
          .split('/')
          .slice(2)
          .filter((part) => /^[a-z]+$/.test(part))
          .join(' ')}`,
    );

  it('are created with groups and roles, disabled when these end, and enabled again', async () => {
    await wiki.publish(ada(1));
    await wiki.inSync('ada', 1);
    const [user, ...more] = users();
    expect(more).toEqual([]);
    expect(user).toMatchObject({ hubId: personId('ada'), locked: false });
    expect(await held()).toEqual({ groups: [user?.id], roles: [user?.id] });
    expect(calls()).toEqual(['POST users', 'POST teams', 'PUT teams people', 'POST users roles']);
    await wiki.publish(desired('ada', 2, { active: false }));
    await wiki.inSync('ada', 2);
    expect(users()).toMatchObject([{ id: user?.id, locked: true }]);
    expect(await held()).toEqual({ groups: [], roles: [] });
    await wiki.publish(ada(3));
    await wiki.inSync('ada', 3);
    expect(users()).toMatchObject([{ id: user?.id, locked: false }]);
    const disabled = (await wiki.results()).find(({ type }) => type === 'hub.provisioning.account.disabled.v1');
    expect(disabled?.body).toMatchObject({ verified: true });
  });

  it('of leavers are disabled first', async () => {
    await wiki.publish(ada(1));
    await wiki.inSync('ada', 1);
    const before = calls().length;
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(calls().slice(before)).toEqual(['PATCH users', 'DELETE grants', 'DELETE teams people']);
  });

  it('are made once when the answer is lost', async () => {
    way.loseNext();
    await wiki.publish(ada(1));
    await wiki.inTime(async () => (await invoicing.holders('role', 'Approver')).length === 1);
    expect(users()).toHaveLength(1);
    expect(calls().filter((one) => one === 'POST users')).toHaveLength(1);
  });

  it('are asked for where somebody makes them later, and each change is sent once', async () => {
    invoicing.asksPeople = true;
    /** Somebody works on what is open, when the hub has asked for it. */
    const worked = async (refusal?: string): Promise<void> => {
      await wiki.inTime(() => invoicing.openTasks.length === 1);
      invoicing.work(invoicing.openTasks[0] ?? '', refusal);
    };
    await wiki.publish(desired('ada', 1, { roles: ['Approver'] }));
    await wiki.inTime(() => invoicing.openTasks.length === 1);
    wiki.clock.advance(3 * 24 * 3_600_000);
    await wiki.quiescence();
    expect(calls()).toEqual(['POST users']);
    expect(await wiki.parked()).toEqual([]);
    await worked();
    await worked();
    await wiki.inTime(async () => (await invoicing.holders('role', 'Approver')).length === 1);
    await wiki.publish(leaver('ada', 2));
    await worked();
    await wiki.inTime(() => users()[0]?.locked === true);
    await worked();
    await wiki.inTime(async () => (await wiki.results()).some(({ type }) => type.includes('role.revoked')));
    expect(await invoicing.holders('role', 'Approver')).toEqual([]);
    expect(calls()).toEqual(['POST users', 'POST users roles', 'PATCH users', 'DELETE grants']);
    const disabled = (await wiki.results()).find(({ type }) => type === 'hub.provisioning.account.disabled.v1');
    expect(disabled?.body).toMatchObject({ verified: true });
  });

  it('that somebody is to delete later are asked for at intervals, and deleted once', async () => {
    const baseUrl = `http://127.0.0.1:${way.port}/api`;
    await wiki.connect({
      protocol: 'rest',
      baseUrl,
      auth: { type: 'bearer', token },
      rest: described('invoicing', baseUrl),
      deprovision: { onLeave: 'delete' },
    });
    await wiki.publish(desired('ada', 1, {}));
    await wiki.inSync('ada', 1);
    invoicing.asksPeople = true;
    let asked = 0;
    way.onReading = ({ url }) => void (asked += url.includes('/tasks/') ? 1 : 0);
    await wiki.publish(leaver('ada', 2));
    await eventually(() => invoicing.openTasks.length === 1);
    await wiki.quiescence();
    expect(asked).toBeLessThan(3);
    invoicing.work(invoicing.openTasks[0] ?? '');
    await wiki.inTime(async () => (await wiki.results()).some(({ type }) => type.includes('account.deleted')), 10_000);
    expect(users()).toEqual([]);
    expect(calls().filter((one) => one !== 'POST users')).toEqual(['DELETE users']);
  });

  it('that somebody refuses to make later wait for a person, with the reason', async () => {
    invoicing.asksPeople = true;
    await wiki.publish(desired('ada', 1, {}));
    await wiki.inTime(() => invoicing.openTasks.length === 1);
    invoicing.work(invoicing.openTasks[0] ?? '', 'no licence is left');
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]).toMatchObject({ code: 'refused-later', detail: 'no licence is left' });
  });

  it('of another person wait for a person', async () => {
    await invoicing.addAccount({ userName: 'ada@corp.example', externalId: personId('bob') });
    await wiki.publish(ada(1));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]).toMatchObject({ code: 'account-of-another' });
    expect(way.writes).toEqual([]);
  });
});
