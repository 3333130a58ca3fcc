import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hrMessage, idOf, identityOf, worker, type RunningGovernance } from '../governance.fixtures.js';
import { asked, known, requester, team, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  await team(hub, '4000', '4001');
  await hub.stated(
    hrMessage('hired', worker('4002', { department: 'Sales', givenName: 'Ada', birthDate: '1990-01-01' })),
    hrMessage('hired', worker('4003')),
  );
  await hub.stated(hrMessage('terminated', worker('4003'), 2));
  await known(hub, '4002');
});
afterAll(() => hub.stop());

const member = { as: '4001', ...requester };
const nameOf = (id: string) => ({ id: identityOf(id), employeeId: id, displayName: `Given${id} Family${id}` });
const get = (path: string, more: object = member) => hub.call('GET', path, undefined, more);
const found = async (filter: string, more: object = member) =>
  (await get(`/identities?filter=${encodeURIComponent(filter)}`, more)).body;

describe('a requester', () => {
  it('learns who they are to the hub', async () => {
    expect((await get('/me')).body).toEqual({
      ...nameOf('4001'),
      userName: 'e4001@example.org',
      status: 'active',
      department: 'Engineering',
      jobTitle: null,
      manager: nameOf('4000'),
      roles: ['requester'],
    });
    const machine = await get('/me', { as: 'nobody', roles: ['hr-feed'] });
    expect(machine.body).toMatchObject({ id: null, displayName: null, manager: null, roles: ['hr-feed'] });
  });

  it('finds a colleague to ask for, and sees of them what colleagues may', async () => {
    expect((await found('displayName co "family4002"')).items).toEqual([
      {
        id: identityOf('4002'),
        status: 'active',
        kind: 'person',
        employeeId: '4002',
        givenName: 'Ada',
        familyName: 'Family4002',
        displayName: 'Ada Family4002',
        department: 'Sales',
        userName: null,
        manager: null,
        managerPerson: null,
      },
    ]);
    expect((await found('department eq "Engineering" and employeeId eq "4001"')).items).toMatchObject([
      { manager: identityOf('4000'), managerPerson: nameOf('4000') },
    ]);
    const one = await get(`/identities/${identityOf('4002')}`);
    expect([one.status, one.body.birthDate, one.body.displayName]).toEqual([200, undefined, 'Ada Family4002']);
  });

  it('does not find who has left, nor by what is none of their business', async () => {
    expect((await found('employeeId eq "4003"')).items).toEqual([]);
    expect((await get(`/identities/${identityOf('4003')}`)).status).toBe(404);
    for (const filter of ['birthDate lt "1991-01-01"', 'email pr', 'status eq "inactive"'])
      expect((await found(filter)).errors).toMatchObject([{ pointer: '/filter' }]);
    const records = { as: 'admin', roles: ['policy-admin', 'requester'] };
    expect((await found('birthDate lt "1991-01-01"', records)).items).toMatchObject([{ employeeId: '4002' }]);
    expect((await found('status eq "inactive"', records)).items).toMatchObject([{ employeeId: '4003' }]);
  });

  it('sees what they may ask for, who would approve, and why not the rest', async () => {
    await hub.call('PUT', '/access-packages/by-owner', {
      displayName: 'By owner',
      grants: [{ application: 'wiki', group: 'Owned' }],
      requestFor: 'anyone',
      approval: { stages: [{ approvers: ['application-owner'] }] },
    });
    const list = async (query: string, as: string) => {
      const { items } = (await get(`/requestable-packages${query}`, { as, ...requester })).body;
      return Object.fromEntries(items.map((item: { id: string }) => [item.id, item]));
    };
    const own = await list('', '4001');
    expect(Object.keys(own)).toEqual(['by-owner', 'wiki-editor', 'wiki-user']);
    expect(own['wiki-editor']).toEqual({
      id: 'wiki-editor',
      displayName: 'Wiki editors',
      description: null,
      applications: [{ id: 'wiki', displayName: 'Wiki' }],
      requireJustification: true,
      maxDuration: null,
      requestable: true,
      code: null,
      reason: null,
      reasons: [],
      approvers: [nameOf('4000')],
    });
    expect(own['wiki-user']).toMatchObject({ requestable: false, code: 'request.nobody_may_ask', approvers: [] });
    expect(own['by-owner']).toMatchObject({
      code: 'request.nobody_can_decide',
      reason: expect.stringContaining('no owner is named for wiki'),
    });
    const others = await list(`?beneficiaryId=${identityOf('4002')}`, '4001');
    expect(others['wiki-editor'].code).toBe('request.not_for_them');
    const ofReport = await list(`?beneficiaryId=${identityOf('4001')}`, '4000');
    expect(ofReport['wiki-editor']).toMatchObject({
      code: 'request.nobody_can_decide',
      reason: expect.stringContaining('the manager is who asks'),
    });
    const ineligible = await list('', '4002');
    expect(ineligible['wiki-editor'].code).toBe('request.not_eligible');

    await asked(hub, '4001');
    expect((await list('', '4001'))['wiki-editor'].code).toBe('request.already_open');
    const page = (await get('/requestable-packages?limit=1')).body;
    const next = (await get(`/requestable-packages?limit=1&cursor=${page.nextCursor}`)).body;
    expect([page, next].map(({ items }) => items[0].id)).toEqual(['by-owner', 'wiki-editor']);
    expect((await get(`/requestable-packages?beneficiaryId=${idOf('nobody')}`)).body.errors).toMatchObject([
      { pointer: '/beneficiaryId' },
    ]);
    expect((await get('/requestable-packages', { as: 'nobody', ...requester })).body.code).toBe(
      'request.caller_without_identity',
    );
  });

  it('sees their own assignments, and nobody else’s', async () => {
    const { items } = (await get('/assignments')).body;
    expect(items).toMatchObject([
      {
        packageId: 'wiki-user',
        package: { id: 'wiki-user', displayName: 'Wiki' },
        identityId: identityOf('4001'),
        identity: nameOf('4001'),
        approvers: [],
      },
    ]);
    const another = { as: '4002', ...requester };
    expect((await get(`/assignments/${items[0].id}`)).status).toBe(200);
    expect((await get(`/assignments/${items[0].id}`, another)).status).toBe(404);
    expect((await get(`/assignments?filter=identityId eq "${identityOf('4001')}"`, another)).body.items).toEqual([]);
    expect((await get('/assignments', { as: 'nobody', ...requester })).body.items).toEqual([]);
  });

  it('is not shown drafts', async () => {
    const draft = { displayName: 'Draft', grants: [{ application: 'wiki', group: 'Draft' }], status: 'draft' };
    await hub.call('PUT', '/access-packages/draft', draft);
    const ids = async (more: object) =>
      (await get('/access-packages', more)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids(member)).not.toContain('draft');
    expect(await ids({ as: 'admin', roles: ['policy-admin'] })).toContain('draft');
    expect((await get('/access-packages/draft')).status).toBe(404);
    expect((await get('/access-packages/draft', { as: 'admin', roles: ['policy-admin'] })).status).toBe(200);
    expect((await get('/access-packages?filter=status eq "draft"')).body.items).toEqual([]);
  });
});
