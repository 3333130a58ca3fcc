import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await runningGovernance();
  for (const id of ['wiki', 'empty', 'asked'])
    await hub.call('PUT', `/applications/${id}`, { displayName: id, connectorId: id });
  await hub.call('PUT', '/access-packages/wiki-user', {
    displayName: 'Wiki',
    grants: [{ application: 'wiki', account: true }],
  });
  await hub.call('PUT', '/access-packages/wiki-group', {
    displayName: 'Wiki group',
    grants: [{ application: 'wiki', group: 'Editors' }],
  });
  await hub.call('PUT', '/access-packages/asked', {
    displayName: 'Asked',
    grants: [{ application: 'asked', account: true }],
    eligibility: 'country eq "DE"',
    requestFor: 'self',
    approval: 'none',
  });
  await hub.call('PUT', '/birthright-rules/engineers', {
    displayName: 'Engineers have the wiki',
    filter: 'employmentType ne "guest" and department eq "Engineering"',
    packages: ['wiki-user'],
  });
  await hub.call('PUT', '/birthright-rules/group', {
    displayName: 'Group only',
    filter: 'department eq "Group"',
    packages: ['wiki-group'],
  });
});
afterAll(() => hub.stop());

const explained = async (employeeId: string, application: string) =>
  await hub.call('GET', `/identities/${identityOf(employeeId)}/access/${application}/explanation`);
const hired = (id: string, more = {}) => hub.stated(hrMessage('hired', worker(id, more)));

describe('no access', () => {
  it('is explained by the first condition of the rule that fails, and the value it saw', async () => {
    await hired('7101', { department: 'Sales' });
    const { status, body } = await explained('7101', 'wiki');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'active', sequence: 0, entitlements: [], chain: [] });
    expect(body.noAccess).toMatchObject({
      condition: 'department eq "Engineering"',
      attribute: 'department',
      saw: 'Sales',
      detail: 'rule engineers requires department eq "Engineering"; the value is "Sales"',
      packages: [
        { package: { id: 'wiki-user' }, rules: [{ rule: { displayName: 'Engineers have the wiki' } }] },
        {
          package: { id: 'wiki-group', displayName: 'Wiki group' },
          rules: [{ rule: { id: 'group' }, condition: 'department eq "Group"', saw: 'Sales' }],
          request: { attribute: 'requestFor' },
        },
      ],
    });
  });

  it('is that of somebody inactive first', async () => {
    await hired('7102', { department: 'Engineering' });
    expect((await explained('7102', 'wiki')).body.noAccess).toBeNull();
    await hub.stated(hrMessage('terminated', worker('7102', { department: 'Engineering' }), 2));
    expect((await explained('7102', 'wiki')).body).toMatchObject({
      status: 'leaver',
      noAccess: { condition: 'status ne "inactive"', attribute: 'status', saw: 'inactive' },
    });
  });

  it('is that nothing grants the application', async () => {
    await hired('7103');
    expect((await explained('7103', 'empty')).body.noAccess).toMatchObject({ saw: [], packages: [] });
  });

  it('is that they may not ask, or that nobody has', async () => {
    await hired('7104', { country: 'FR' });
    await hired('7105', { country: 'DE' });
    expect((await explained('7104', 'asked')).body.noAccess).toMatchObject({
      condition: 'country eq "DE"',
      saw: 'FR',
    });
    expect((await explained('7105', 'asked')).body.noAccess).toMatchObject({
      condition: 'an approved request',
      packages: [{ request: null }],
    });
  });

  it('is nothing where a group is granted: it gives the account', async () => {
    await hired('7106', { department: 'Group' });
    expect((await explained('7106', 'wiki')).body.noAccess).toBeNull();
  });

  it('of nobody, or in no application, is not found', async () => {
    expect((await explained('nobody', 'wiki')).status).toBe(404);
    expect((await explained('7101', 'none')).status).toBe(404);
  });
});
