import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectorStateRequested } from '#libs/contracts/connectors.js';
import { contractOf } from '#libs/contracts/registry.js';
import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../../test/support/eventually.js';
import {
  hrMessage,
  identityOf,
  idOf,
  resultMessage,
  runningGovernance,
  worker,
  type RunningGovernance,
} from './governance.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await runningGovernance();
  await hub.call('PUT', '/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  await hub.call('PUT', '/access-packages/wiki-user', {
    displayName: 'Wiki',
    grants: [{ application: 'wiki', account: true }],
  });
  await hub.call('PUT', '/access-packages/wiki-editor', {
    displayName: 'Wiki editors',
    grants: [{ application: 'wiki', group: 'Editors' }],
    eligibility: 'department eq "Engineering"',
    requestFor: 'team',
    approval: { stages: [{ approvers: ['manager'], timeout: 'P3D' }] },
  });
  await hub.call('PUT', '/birthright-rules/everybody', {
    displayName: 'Everybody',
    filter: 'employmentType ne "guest"',
    packages: ['wiki-user'],
  });
});
afterAll(() => hub.stop());

const engineer = (id: string, more = {}) =>
  worker(id, { department: 'Engineering', email: `e${id}@example.org`, ...more });
const requester = { roles: ['requester'] };
const approver = { roles: ['approver'] };
const accessOf = async (id: string) => (await hub.call('GET', `/identities/${identityOf(id)}/access`)).body.items[0];

/** A manager and somebody in their team, both with their birthrights. */
async function team(manager: string, member: string): Promise<void> {
  await hub.stated(hrMessage('hired', engineer(manager)), hrMessage('hired', engineer(member, { managerId: manager })));
  await known(manager, member);
}
/** Until the service's own directory knows whom tokens mean. */
async function known(...ids: string[]): Promise<void> {
  await eventually(async () => {
    const rows = await hub.db.query(`select 1 from token_subject where subject = any($1)`, [ids]);
    return rows.length === ids.length;
  });
}
async function asked(as: string, more = {}): Promise<string> {
  const { status, body } = await hub.call(
    'POST',
    '/requests',
    { packageId: 'wiki-editor', justification: 'I write', ...more },
    { as, ...requester },
  );
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.id as string;
}

describe('a hire', () => {
  it('becomes an identity with what rules give, and desired access that says why', async () => {
    const message = hrMessage('hired', engineer('1001'));
    await hub.stated(message);
    const found = await hub.call('GET', `/identities?filter=${encodeURIComponent('employeeId eq "1001"')}`);
    expect(found.body.items).toMatchObject([
      {
        id: identityOf('1001'),
        status: 'active',
        kind: 'person',
        userName: 'e1001@example.org',
        displayName: 'Given1001 Family1001',
        manager: null,
      },
    ]);
    expect(await accessOf('1001')).toMatchObject({
      application: 'wiki',
      status: 'active',
      sequence: 1,
      accounts: [
        {
          type: 'User',
          active: true,
          packages: ['wiki-user'],
          groups: [],
          attributes: { id: identityOf('1001'), userName: 'e1001@example.org', department: 'Engineering' },
        },
      ],
      entitlements: [{ account: true, because: [expect.any(String)] }],
    });
    const { body } = await hub.call('GET', `/identities/${identityOf('1001')}/access/wiki/explanation`);
    expect(body.entitlements[0].because[0]).toMatchObject({
      cause: { type: 'birthright', rule: 'everybody' },
      hrEvents: [message.id],
    });
    expect(body.chain.at(-1)).toMatchObject({ event: message.id, type: 'hub.hr.lifecycle' });
  });

  it('twice: a redelivered statement changes nothing', async () => {
    const message = hrMessage('hired', engineer('1002'));
    await hub.stated(message);
    const before = await hub.db.query(`select count(*) from events`);
    await hub.publish(message, { ...message, sequence: 1 });
    const marker = hrMessage('hired', engineer('1003'));
    await hub.stated(marker);
    const after = await hub.db.query<{ stream: string }>(
      `select stream from events where stream like '%' || $1 || '%'`,
      [identityOf('1002')],
    );
    expect(before).toBeDefined();
    expect(after.map(({ stream }) => stream).sort()).toEqual(
      [`access-${identityOf('1002')}`, `desired-${identityOf('1002')}.wiki`, `identity-${identityOf('1002')}`].sort(),
    );
  });

  it('finds the manager, whichever of the two comes first', async () => {
    await hub.stated(hrMessage('hired', engineer('1011', { managerId: '1010' })));
    expect((await hub.call('GET', `/identities/${identityOf('1011')}`)).body.manager).toBeNull();
    await hub.stated(hrMessage('hired', engineer('1010')));
    expect((await hub.call('GET', `/identities/${identityOf('1011')}`)).body.manager).toBe(identityOf('1010'));
    expect((await accessOf('1011')).accounts[0].attributes.managerIdentity).toBe(identityOf('1010'));
  });

  it('finds the manager also when the two were taken by different members at the same moment', async () => {
    await hub.stated(hrMessage('hired', engineer('1015')));
    // What the other member saw: no manager yet.
    await hub.db.query(`update identity set live_numbers = '{}' where id = $1`, [identityOf('1015')]);
    await hub.stated(hrMessage('hired', engineer('1016', { managerId: '1015' })));
    await hub.db.query(`update identity set live_numbers = '{1015}' where id = $1`, [identityOf('1015')]);
    expect((await hub.call('GET', `/identities/${identityOf('1016')}`)).body.manager).toBeNull();
    hub.clock.advance(5_000);
    await eventually(
      async () => (await accessOf('1016')).accounts[0].attributes.managerIdentity === identityOf('1015'),
    );
    hub.clock.advance(-5_000);
  });

  it('gives two people with one name or one address different userNames', async () => {
    const same = { givenName: 'Zoë', familyName: 'Großmann', email: 'zoe@example.org' };
    await hub.stated(
      hrMessage('hired', worker('1021', same)),
      hrMessage('hired', worker('1022', same)),
      hrMessage('hired', worker('1023', { ...same, email: 'other@example.org' })),
    );
    const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent('givenName eq "zoë"')}`);
    expect(new Set(body.items.map(({ userName }: { userName: string }) => userName)).size).toBe(3);
  });

  it('of hundreds at once finds managers within the batch', async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      hrMessage('hired', engineer(`b${index}`, { managerId: 'b0' })),
    );
    await hub.stated(...many);
    const { body } = await hub.call('GET', `/identities?limit=500&filter=${encodeURIComponent('managerId eq "b0"')}`);
    expect(body.items.filter(({ manager }: { manager: string }) => manager === identityOf('b0')).length).toBe(299);
  });

  it('goes on after a restart, and a rule meets everybody even when the service stops in between', async () => {
    await hub.call('PUT', '/access-packages/wiki-batch', {
      displayName: 'Batch',
      grants: [{ application: 'wiki', group: 'Batch' }],
    });
    await hub.call('PUT', '/birthright-rules/batch', {
      displayName: 'Batch',
      filter: 'employeeId sw "b"',
      packages: ['wiki-batch'],
    });
    await hub.restart();
    await eventually(async () => {
      const [row] = await hub.db.query<{ n: number }>(
        `select count(*)::int as n from assignment where package_id = 'wiki-batch' and status = 'active'`,
      );
      return row?.n === 300;
    });
    await hub.stated(hrMessage('changed', engineer('b1', { managerId: 'b0', jobTitle: 'Lead' }), 2));
    expect((await accessOf('b1')).accounts[0]).toMatchObject({ groups: ['Batch'], attributes: { jobTitle: 'Lead' } });
  });
});

describe('a filter over identities', () => {
  it.each(['salary gt "1"', 'userName eq "x"', 'department eq'])('refuses %s by name', async (filter) => {
    const { status, body } = await hub.call('GET', `/identities?filter=${encodeURIComponent(filter)}`);
    expect([status, body.errors[0].pointer]).toEqual([400, '/filter']);
  });
  it.each(['custom.badge eq "BLUE"', 'custom.Badge sw "b"', 'Custom.BADGE eq "blue" and custom.badge pr'])(
    'reads custom fields, in any case: %s',
    async (filter) => {
      await hub.stated(hrMessage('hired', worker('1031', { custom: { Badge: 'blue' } })));
      const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent(filter)}`);
      expect(body.items.map(({ employeeId }: { employeeId: string }) => employeeId)).toEqual(['1031']);
    },
  );
  it('finds a person by the number of each employment', async () => {
    const person = idOf('person E1041');
    await hub.stated(
      hrMessage('hired', worker('E1041')),
      hrMessage('hired', worker('E1042', { hireDate: '2026-03-03' }), 1, { person }),
    );
    for (const number of ['E1041', 'e1042']) {
      const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent(`employeeId eq "${number}"`)}`);
      expect(body.items).toMatchObject([{ id: identityOf('E1041'), employeeId: 'E1041' }]);
    }
  });
});

describe('input that a database could not hold, or a list never gave', () => {
  it.each(['identities', 'requests', 'assignments', 'approvals', 'applications', 'access-packages'])(
    'is refused as a cursor of %s',
    async (list) => {
      for (const key of [['\0'], [5], [null], ['a', 'b']]) {
        const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
        const { status, body } = await hub.call('GET', `/${list}?cursor=${cursor}`, undefined, {
          roles: ['policy-admin', 'approver'],
        });
        expect([status, body.errors[0].pointer]).toEqual([400, '/cursor']);
      }
    },
  );
  it('is refused in texts and paths', async () => {
    const app = { displayName: 'a\0', connectorId: 'wiki' };
    expect((await hub.call('PUT', '/applications/nul', app)).body.errors).toMatchObject([{ pointer: '/displayName' }]);
    for (const path of ['/applications/%00', `/identities/${idOf('x')}/access/%00/explanation`])
      expect((await hub.call('GET', path)).status).toBe(400);
  });
});

describe('leaving', () => {
  it('revokes everything, disables the account and cancels what was asked for, in one work', async () => {
    await team('1100', '1101');
    const id = await asked('1101');
    await hub.stated(hrMessage('terminated', engineer('1101', { managerId: '1100' }), 2));
    expect(await accessOf('1101')).toMatchObject({
      status: 'leaver',
      accounts: [{ active: false, packages: [], groups: [] }],
      entitlements: [],
    });
    expect((await hub.call('GET', `/requests/${id}`)).body).toMatchObject({
      status: 'cancelled',
      code: 'beneficiary_left',
    });
    const { body } = await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`identityId eq "${identityOf('1101')}"`)}`,
    );
    expect(body.items).toMatchObject([{ packageId: 'wiki-user', status: 'revoked', until: expect.any(String) }]);
    expect(await hub.db.query(`select 1 from timer where key = $1`, [id])).toEqual([]);
  });

  it('and coming back begins anew', async () => {
    await hub.stated(hrMessage('hired', engineer('1111')));
    await hub.stated(hrMessage('terminated', engineer('1111'), 2), hrMessage('rehired', engineer('1111'), 3));
    expect(await accessOf('1111')).toMatchObject({ status: 'active', sequence: 3, accounts: [{ active: true }] });
  });

  it('of one employment is not leaving while another lives', async () => {
    const person = idOf('person 1121');
    await hub.stated(hrMessage('hired', engineer('1121')), hrMessage('hired', engineer('1122'), 1, { person }));
    await hub.stated(hrMessage('terminated', engineer('1121'), 2));
    expect((await hub.call('GET', `/identities/${identityOf('1121')}`)).body).toMatchObject({
      status: 'active',
      employeeId: '1122',
    });
  });
});

describe('a request', () => {
  it('is approved by the manager, becomes a membership, and says delivered only when the application does', async () => {
    await team('1200', '1201');
    const id = await asked('1201');
    expect((await hub.call('GET', '/approvals', undefined, { as: '1200', ...approver })).body.items).toMatchObject([
      { id, status: 'pending' },
    ]);
    expect((await hub.call('GET', '/approvals', undefined, { as: '1201', ...approver })).body.items).toEqual([]);

    const decided = await hub.call(
      'POST',
      `/requests/${id}/decisions`,
      { decision: 'approve', comment: 'Yes' },
      { as: '1200', ...approver },
    );
    expect([decided.status, decided.body]).toMatchObject([200, { status: 'approved', delivery: 'pending' }]);
    const told = (await hub.published(topics.decisions)).filter(({ correlationId }) => correlationId === id);
    const [submitted, ...after] = told.filter(({ type }) => type.startsWith('hub.governance.request.'));
    expect(after.map(({ type, causationId }) => [type, causationId])).toEqual([
      ['hub.governance.request.decided.v1', submitted?.id],
      ['hub.governance.request.approved.v1', submitted?.id],
    ]);
    const access = await accessOf('1201');
    expect(access.accounts[0].groups).toEqual(['Editors']);
    const [{ epoch }] = (await hub.db.query<{ epoch: number }>(`select max(epoch) as epoch from events`)) as [
      { epoch: number },
    ];

    const about = { identity: identityOf('1201'), application: 'wiki', desiredEpoch: epoch };
    const delivery = async () => (await hub.call('GET', `/requests/${id}`)).body.delivery;
    await hub.stated(
      resultMessage(
        'hub.provisioning.account.in-sync.v1',
        { ...about, desiredSequence: access.sequence - 1 },
        1,
      ) as never,
    );
    expect(await delivery()).toBe('pending');
    const began = resultMessage(
      'hub.provisioning.operation.started.v1',
      { ...about, desiredSequence: access.sequence, because: [decided.body.assignmentId] },
      2,
    );
    await hub.stated({ ...began, bulk: true } as never);
    expect(await delivery()).toBe('pending');
    await hub.stated({ ...began, sequence: 3 } as never);
    expect(await delivery()).toBe('delivering');
    const last = resultMessage(
      'hub.provisioning.account.created.v1',
      { ...about, desiredSequence: access.sequence, inSync: true },
      4,
    );
    await hub.stated(last as never);
    expect(await delivery()).toBe('delivered');

    const { body } = await hub.call('GET', `/identities/${about.identity}/access/wiki/explanation`);
    const group = body.entitlements.find((one: { group?: string }) => one.group === 'Editors');
    expect(group.because[0]).toMatchObject({
      cause: { type: 'request', request: id },
      justification: 'I write',
      approvals: [{ approver: identityOf('1200'), decision: 'approve', comment: 'Yes' }],
    });
  });

  it('twice: an answer redelivered, or said again, delivers nothing anew', async () => {
    await hub.stated(hrMessage('hired', engineer('1205')));
    const [row] = await hub.db.query<{ epoch: number }>(`select max(epoch) as epoch from events`);
    const about = {
      identity: identityOf('1205'),
      application: 'wiki',
      desiredEpoch: row?.epoch ?? 0,
      desiredSequence: 1,
    };
    const answer = resultMessage('hub.provisioning.account.in-sync.v1', about, 1);
    await hub.stated(answer as never);
    const types = async () =>
      (
        await hub.db.query<{ type: string }>(`select type from events where stream = $1 order by version`, [
          `access-${about.identity}`,
        ])
      ).map(({ type }) => type);
    expect(await types()).toEqual(['AssignmentCreated', 'AssignmentDeliveryChanged']);
    await hub.publish(answer);
    await hub.stated({ ...answer, id: uuidv7(), sequence: 2 } as never);
    expect(await types()).toEqual(['AssignmentCreated', 'AssignmentDeliveryChanged']);
  });

  it('is decided by those named alone, once, and by nobody on their own', async () => {
    await team('1210', '1211');
    await hub.stated(hrMessage('hired', engineer('1212')));
    await known('1212');
    const id = await asked('1211');
    const decide = async (as: string, decision = 'approve') => {
      const { status, body } = await hub.call('POST', `/requests/${id}/decisions`, { decision }, { as, ...approver });
      return [status, body.code];
    };
    expect(await decide('1211')).toEqual([403, 'request.own_request']);
    expect(await decide('1212')).toEqual([403, 'request.not_approver']);
    expect(await decide('nobody')).toEqual([403, 'request.caller_without_identity']);
    expect(await decide('1210', 'deny')).toEqual([200, 'denied_by_approver']);
    expect(await decide('1210')).toEqual([409, 'request.not_pending']);
    expect(
      (await hub.call('POST', `/requests/${id}/decisions`, { decision: 'maybe' }, { as: '1210', ...approver })).body
        .errors[0].pointer,
    ).toBe('/decision');
    expect((await hub.call('GET', `/requests/${id}`, undefined, { as: '1212', ...requester })).status).toBe(404);
  });

  it('that may not be made is refused, and the refusal is a fact', async () => {
    await team('1220', '1221');
    await hub.stated(hrMessage('hired', worker('1222', { department: 'Sales' })));
    await known('1222');
    const ask = async (as: string, body: object) => {
      const answer = await hub.call('POST', '/requests', { justification: 'x', ...body }, { as, ...requester });
      return [answer.status, answer.body.code, answer.body.errors?.[0]?.pointer];
    };
    expect(await ask('1221', { packageId: 'nothing' })).toEqual([400, 'invalid_input', '/packageId']);
    expect(await ask('1221', { packageId: 'wiki-editor', justification: null })).toEqual([
      400,
      'invalid_input',
      '/justification',
    ]);
    expect(await ask('1221', { packageId: 'wiki-editor', endsAt: '2027-01-01T00:00:00Z' })).toEqual([
      400,
      'invalid_input',
      '/endsAt',
    ]);
    expect(await ask('1221', { packageId: 'wiki-editor', beneficiaryId: idOf('nobody') })).toEqual([
      400,
      'invalid_input',
      '/beneficiaryId',
    ]);
    expect(await ask('1222', { packageId: 'wiki-editor' })).toEqual([403, 'request.not_eligible', undefined]);
    expect(await ask('1221', { packageId: 'wiki-user' })).toEqual([403, 'request.nobody_may_ask', undefined]);
    expect(await ask('1221', { packageId: 'wiki-editor', beneficiaryId: identityOf('1220') })).toEqual([
      403,
      'request.not_for_them',
      undefined,
    ]);
    await asked('1221');
    expect(await ask('1221', { packageId: 'wiki-editor' })).toEqual([409, 'request.already_open', undefined]);
    const refused = (await hub.published(topics.decisions)).filter(
      ({ type }) => type === 'hub.governance.request.refused.v1',
    );
    expect(refused.length).toBe(4);
  });

  it('that nobody decides in time expires', async () => {
    await team('1230', '1231');
    const id = await asked('1231');
    expect((await hub.call('GET', `/requests/${id}`)).body.dueAt).toBe('2026-03-05T09:00:00.000Z');
    hub.clock.advance(3 * 24 * 3600 * 1000);
    await eventually(async () => (await hub.call('GET', `/requests/${id}`)).body.status === 'expired');
    hub.clock.advance(-3 * 24 * 3600 * 1000);
  });

  it('asked for twice at once is open once', async () => {
    await team('1240', '1241');
    const ask = () =>
      hub.call('POST', '/requests', { packageId: 'wiki-editor', justification: 'x' }, { as: '1241', ...requester });
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('by a manager for their team needs another approver; the list of approvals leaves it out', async () => {
    await team('1250', '1251');
    const id = await asked('1250', { beneficiaryId: identityOf('1251') });
    expect((await hub.call('GET', '/approvals', undefined, { as: '1250', ...approver })).body.items).toEqual([]);
    const withdrawn = await hub.call('POST', `/requests/${id}/cancel`, undefined, { as: '1250', ...requester });
    expect([withdrawn.status, withdrawn.body.status]).toEqual([200, 'cancelled']);
  });

  it('where nobody is to be asked is approved at once', async () => {
    await hub.call('PUT', '/access-packages/wiki-reader', {
      displayName: 'Readers',
      grants: [{ application: 'wiki', group: 'Readers' }],
      requestFor: 'self',
      approval: 'none',
      requireJustification: false,
    });
    await team('1260', '1261');
    const { status, body } = await hub.call(
      'POST',
      '/requests',
      { packageId: 'wiki-reader' },
      { as: '1261', ...requester },
    );
    expect([status, body.status]).toEqual([201, 'approved']);
    expect((await accessOf('1261')).accounts[0].groups).toEqual(['Readers']);

    const revoke = (reason: object) => hub.call('POST', `/assignments/${body.assignmentId}/revoke`, reason);
    expect((await revoke({})).body.errors[0].pointer).toBe('/reason');
    expect((await revoke({ reason: 'over' })).body).toMatchObject({ status: 'revoked', reason: 'over' });
    expect((await revoke({ reason: 'over' })).status).toBe(409);
    expect((await accessOf('1261')).accounts[0].groups).toEqual([]);
  });
});

describe('a catalog document', () => {
  it('is versioned, honours If-Match, and the same again is no new version', async () => {
    const body = { displayName: 'CRM', connectorId: 'crm' };
    const first = await hub.call('PUT', '/applications/crm', body);
    expect([first.status, first.headers.get('etag'), first.headers.get('location')]).toEqual([
      201,
      '"1"',
      '/governance/v1/applications/crm',
    ]);
    expect((await hub.call('PUT', '/applications/crm', body)).headers.get('etag')).toBe('"1"');
    expect(
      (
        await hub.call(
          'PUT',
          '/applications/crm',
          { ...body, displayName: 'CRM 2' },
          { headers: { 'if-match': '"7"' } },
        )
      ).status,
    ).toBe(412);
    const second = await hub.call(
      'PUT',
      '/applications/crm',
      { ...body, displayName: 'CRM 2' },
      { headers: { 'if-match': '"1"' } },
    );
    expect([second.status, second.headers.get('etag'), second.body]).toMatchObject([
      200,
      '"2"',
      { id: 'crm', version: 2, displayName: 'CRM 2' },
    ]);
    expect((await hub.call('PUT', '/applications/crm', body, { roles: ['requester'] })).status).toBe(403);
    expect((await hub.call('GET', '/applications')).body.items.map(({ id }: { id: string }) => id)).toEqual([
      'crm',
      'wiki',
    ]);
    expect((await hub.call('GET', '/applications/none')).status).toBe(404);
  });

  it.each([
    ['applications', 'connectorId eq "WIKI" and displayName sw "w"', ['wiki']],
    ['access-packages', 'grants.application eq "wiki" and requestFor eq "team"', ['wiki-editor']],
    ['access-packages', 'not (status eq "published")', []],
    ['birthright-rules', 'packages eq "wiki-user"', ['everybody']],
  ])('is found among %s by %s', async (list, filter, ids) => {
    const { body } = await hub.call('GET', `/${list}?filter=${encodeURIComponent(filter)}`);
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it.each([
    [{ grants: [{ application: 'nowhere', account: true }] }, '/grants/0/application'],
    [{ grants: [{ application: 'wiki', role: 'Admin' }] }, '/grants/0/role'],
    [{ grants: [{ application: 'wiki' }] }, '/grants/0'],
    [{ eligibility: 'salary pr' }, '/eligibility'],
    [{ requestFor: 'self' }, '/approval'],
    [{ requestFor: 'self', approval: { stages: [] } }, '/approval/stages'],
    [{ requestFor: 'self', approval: { stages: [{ approvers: ['boss'] }] } }, '/approval/stages/0/approvers'],
    [
      { requestFor: 'self', approval: { stages: [{ approvers: ['manager'], onTimeout: 'escalate' }] } },
      '/approval/stages/0/onTimeout',
    ],
    [
      { requestFor: 'self', approval: { stages: [{ approvers: ['manager'], timeout: '3 days' }] } },
      '/approval/stages/0/timeout',
    ],
    [
      { requestFor: 'self', approval: { stages: [{ approvers: ['manager'], timeout: 'P9999Y' }] } },
      '/approval/stages/0/timeout',
    ],
    [{ description: ' ' }, '/description'],
    [{ maxDuration: 'P30D' }, '/maxDuration'],
    [{ incompatibleWith: ['a'] }, '/incompatibleWith'],
    [{ review: {} }, '/review'],
    [{ colour: 'red' }, '/colour'],
  ])('refuses %j at %s', async (more, pointer) => {
    const { status, body } = await hub.call('PUT', '/access-packages/bad', { displayName: 'Bad', grants: [], ...more });
    expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('that is a rule applies to everybody already here, and a rule changed takes back what it gave', async () => {
    await hub.stated(hrMessage('hired', worker('1301', { department: 'Legal' })));
    await hub.call('PUT', '/access-packages/legal', {
      displayName: 'Legal',
      grants: [{ application: 'wiki', group: 'Legal' }],
    });
    const rule = { displayName: 'Legal', filter: 'department eq "Legal"', packages: ['legal'] };
    await hub.call('PUT', '/birthright-rules/legal', rule);
    await eventually(async () => (await accessOf('1301')).accounts[0].groups.includes('Legal'));
    await hub.call('PUT', '/access-packages/legal', {
      displayName: 'Legal',
      grants: [{ application: 'wiki', group: 'Lawyers' }],
    });
    await eventually(async () => (await accessOf('1301')).accounts[0].groups.includes('Lawyers'));
    await hub.call('PUT', '/birthright-rules/legal', { ...rule, filter: 'department eq "Justice"' });
    await eventually(async () => (await accessOf('1301')).accounts[0].groups.length === 0);
  });
});

describe('a connector that asks for its state', () => {
  it('gets the newest message of everybody again, the same as it was, and then the end mark', async () => {
    await hub.quiet();
    const asking = {
      ...hrMessage('hired', worker('none')),
      topic: topics.connectors,
      key: 'wiki',
      source: '/provisioning/connector-wiki',
      type: connectorStateRequested,
      subject: 'wiki',
      id: uuidv7(),
      body: { connector: 'wiki', applications: ['wiki'] },
    };
    const before = await hub.published(topics.desiredAccess);
    await hub.publish(asking);
    const after = await eventually(async () => {
      const all = (await hub.published(topics.desiredAccess)).slice(before.length);
      return all.at(-1)?.type === 'hub.governance.desired-access.restated.v1' ? all : undefined;
    });
    // Twice: the same request redelivered changes nothing.
    await hub.publish(asking);
    await hub.stated(hrMessage('hired', worker('after-restatement', { employmentType: 'guest' })));
    await hub.quiet();
    expect((await hub.published(topics.desiredAccess)).length).toBe(before.length + after.length);
    const newest = new Map(
      before.filter(({ application }) => application === 'wiki').map((message) => [message.key, message]),
    );
    expect(after.at(-1)?.body).toEqual({ application: 'wiki', count: newest.size });
    expect(new Map(after.slice(0, -1).map((message) => [message.key, message]))).toEqual(newest);
  });
});

describe('a documented route that is not served yet', () => {
  it.each([
    'PUT /separation-rules/x',
    'GET /separation-rules',
    'POST /delegations',
    'POST /simulations',
    `POST /identities/${idOf('x')}/lockdown`,
  ])('%s is refused by name', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const { status, body } = await hub.call(method, path, method === 'GET' ? undefined : {});
    expect([status, body.code]).toEqual([404, 'not_served_yet']);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', async () => {
    for (const topic of [topics.identities, topics.decisions, topics.catalog, topics.desiredAccess]) {
      for (const message of await hub.published(topic)) {
        expect(contractOf(message.type)?.topic).toBe(topic);
        expect([message.source, message.key, message.actor, message.subject].join(' ')).not.toMatch(/@|Family|Given/);
      }
    }
  });
});
