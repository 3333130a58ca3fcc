import { jest } from '@jest/globals';
import type { Application } from '../support/application.js';
import { companyOn, type Company } from '../support/company.js';
import { hubDeployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { describeOnScim2Server, scim2ServerForTests } from '../targets/scim2-server.js';

jest.setTimeout(120_000);

const server = await scim2ServerForTests();
const ada = {
  givenName: 'Ada',
  familyName: 'Lovelace',
  email: 'ada@corp.example',
  department: 'Sales',
  managerId: '100',
};
const name = 'ada@corp.example';

describeOnScim2Server(server, 'a person in scim2-server', (start) => {
  let company: Company;
  let app: Application;
  beforeAll(async () => {
    const deployment = await hubDeployment();
    company = await companyOn({ deployment, stop: () => deployment.discard() }, start);
    ({ app } = company);
    const { body } = await company.hub.call('GET', '/provisioning/v1/connectors/wiki', { token: company.tokens.admin });
    const mapping = [
      { target: 'phoneNumbers[type eq "work"].value', type: 'direct', source: 'custom.phone' },
      { target: 'title', type: 'direct', source: 'jobTitle' },
    ];
    await company.put('/provisioning/v1/connectors/wiki', {
      mode: 'enforce',
      protocol: 'scim2',
      baseUrl: body['baseUrl'],
      auth: { type: 'bearer', token: app.token },
      mapping,
    });
    for (const department of ['Sales', 'Legal']) {
      const id = department.toLowerCase();
      const grants = [{ application: 'wiki', group: department }];
      await company.put(`/governance/v1/access-packages/${id}`, { displayName: department, grants });
      const filter = `status eq "active" and department eq "${department}"`;
      await company.put(`/governance/v1/birthright-rules/${id}`, { displayName: department, filter, packages: [id] });
    }
    await company.hire('100', { givenName: 'Grace', familyName: 'Hopper', email: 'grace@corp.example' });
  });
  afterAll(() => company.close());

  const state = async (worker: object): Promise<void> => {
    const { status, text } = await company.hire('101', { ...worker });
    if (status >= 300) throw new Error(text);
  };
  const isSo = (check: () => Promise<boolean>): Promise<unknown> => eventually(check, { timeoutMs: 30_000 });
  const groups = async (): Promise<string[]> => {
    const all = await Promise.all(
      ['Staff', 'Sales', 'Legal', 'Editors'].map(async (group) =>
        (await app.members(group)).includes(name) ? [group] : [],
      ),
    );
    return all.flat();
  };
  const inGroups = (...wanted: string[]): Promise<unknown> =>
    isSo(async () => (await groups()).join() === wanted.join());
  const phones = async (): Promise<unknown> =>
    ((await app.user(name)) as Record<string, unknown> | undefined)?.['phoneNumbers'] ?? [];
  const hasPhones = (...numbers: string[]): Promise<unknown> => {
    const wanted = JSON.stringify(numbers.map((value) => ({ value, type: 'work' })));
    return isSo(async () => JSON.stringify(await phones()) === wanted);
  };

  it('joins, moves, asks, leaves and comes back, with one account and the groups of the day', async () => {
    await state({ ...ada, custom: { phone: '1' }, jobTitle: 'Clerk' });
    await inGroups('Staff', 'Sales');
    expect(await app.user(name)).toMatchObject({ active: true, title: 'Clerk', displayName: 'Ada Lovelace' });
    await hasPhones('1');

    await state({ ...ada, department: 'Legal', custom: {} });
    await inGroups('Staff', 'Legal');
    await hasPhones();
    expect(await app.user(name)).not.toHaveProperty('title');

    await state({ ...ada, department: 'Legal', custom: { phone: '2' } });
    await hasPhones('2');
    await state({ ...ada, department: 'Legal', custom: { phone: '3' } });
    await hasPhones('3');

    const requester = await company.hub.token('101', 'requester');
    const body = { packageId: 'editors', justification: 'I write the handbook' };
    const asked = await company.hub.call('POST', '/governance/v1/requests', { token: requester, body });
    const grace = await company.hub.token('100', 'approver');
    const decisions = `/governance/v1/requests/${String(asked.body['id'])}/decisions`;
    await company.hub.call('POST', decisions, { token: grace, body: { decision: 'approve', comment: 'yes' } });
    await inGroups('Staff', 'Legal', 'Editors');

    await state({ ...ada, terminationDate: '2024-01-31' });
    await isSo(async () => (await app.user(name))?.active === false);
    await inGroups();
    await state({ ...ada, hireDate: '2024-03-01' });
    await isSo(async () => (await app.user(name))?.active === true);
    await inGroups('Staff', 'Sales');
    const accounts = (await app.users()).filter(({ userName }) => userName === name);
    expect(accounts).toHaveLength(1);
    const parked = await company.hub.call('GET', '/provisioning/v1/connectors/wiki/parked', {
      token: company.tokens.admin,
    });
    expect(parked.body['items']).toEqual([]);
  });
});
