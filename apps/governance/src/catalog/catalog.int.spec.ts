import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { entitlementShown, entitlementsListed } from '#libs/contracts/connectors.js';
import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { hrMessage, identityOf, worker, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, expectContractsKept, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

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

  it('is taken back as it was read, and that is no new version', async () => {
    const documents = {
      '/applications/lms': { displayName: 'LMS', connectorId: 'lms' },
      '/access-packages/lms-user': { displayName: 'LMS', grants: [{ application: 'lms', account: true }] },
      '/access-packages/lms-tutor': {
        displayName: 'Tutors',
        grants: [{ application: 'lms', group: 'Tutors' }],
        requestFor: 'self',
        approval: { stages: [{ approvers: ['manager'] }] },
      },
      '/birthright-rules/lms': { displayName: 'LMS', filter: 'department eq "None"', packages: ['lms-user'] },
    };
    for (const [path, document] of some(Object.entries(documents))) {
      const defined = await hub.call('PUT', path, document);
      expect(defined.status).toBe(201);
      const read = await hub.call('GET', path);
      const put = await hub.call('PUT', path, read.body);
      expect([path, put.status, put.headers.get('etag')]).toEqual([path, 200, '"1"']);
      expect((await hub.call('PUT', path, defined.body)).headers.get('etag')).toBe('"1"');
    }
  });

  it('that is an application has its connector to itself, also when two ask for it at once', async () => {
    const taken = await hub.call('PUT', '/applications/wiki-2', { displayName: 'Wiki 2', connectorId: 'wiki' });
    expect([taken.status, taken.body.code, taken.body.errors]).toEqual([
      409,
      'application.connector_taken',
      [{ pointer: '/connectorId', detail: expect.stringContaining('application wiki') }],
    ]);
    expect((await hub.call('GET', '/applications/wiki-2')).status).toBe(404);
    const answers = await Promise.all(
      ['erp-1', 'erp-2', 'erp-3'].map((id) =>
        hub.call('PUT', `/applications/${id}`, { displayName: id, connectorId: 'erp' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('that is an application may change its connector until somebody has access, and leaves the former one free', async () => {
    await hub.call('PUT', '/applications/shop', { displayName: 'Shop', connectorId: 'shpo' });
    const shop = { displayName: 'Shop', connectorId: 'shop' };
    expect((await hub.call('PUT', '/applications/shop', shop)).status).toBe(200);
    expect((await hub.call('PUT', '/applications/shpo', { displayName: 'Shpo', connectorId: 'shpo' })).status).toBe(
      201,
    );

    await hub.call('PUT', '/access-packages/shop', {
      displayName: 'Shop',
      grants: [{ application: 'shop', account: true }],
    });
    const rule = { displayName: 'Shop', filter: 'employeeId eq "1302"', packages: ['shop'] };
    await hub.call('PUT', '/birthright-rules/shop', rule);
    await hub.stated(hrMessage('hired', worker('1302')));
    // Also when nobody should have access any more: an account may be on its way out.
    await hub.call('PUT', '/birthright-rules/shop', { ...rule, packages: [] });
    const { status, body } = await hub.call('PUT', '/applications/shop', { ...shop, connectorId: 'other' });
    expect([status, body.code, body.detail]).toEqual([
      409,
      'application.connector_in_use',
      expect.stringContaining('define another application'),
    ]);
    expect((await hub.call('PUT', '/applications/shop', { ...shop, displayName: 'The shop' })).status).toBe(200);
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
    [{ grants: [{ application: 'wiki' }] }, '/grants/0'],
    [{ eligibility: 'salary pr' }, '/eligibility'],
    [{ requestFor: 'self' }, '/approval'],
    [{ requestFor: 'self', approval: { stages: [] } }, '/approval/stages'],
    [{ requestFor: 'self', approval: { stages: [{ approvers: ['boss'] }] } }, '/approval/stages/0/approvers'],
    [
      { requestFor: 'self', approval: { stages: [{ approvers: ['manager'], onTimeout: 'stop' }] } },
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
    [{ maxDuration: '30 days' }, '/maxDuration'],
    [{ incompatibleWith: ['A b'] }, '/incompatibleWith'],
    [{ review: { reviewers: ['nobody'], onNoResponse: 'keep' } }, '/review/reviewers'],
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
    await eventually(async () => (await accessOf(hub, '1301')).accounts[0].groups.includes('Legal'));
    await hub.call('PUT', '/access-packages/legal', {
      displayName: 'Legal',
      grants: [{ application: 'wiki', group: 'Lawyers' }],
    });
    await eventually(async () => (await accessOf(hub, '1301')).accounts[0].groups.includes('Lawyers'));
    await hub.call('PUT', '/birthright-rules/legal', { ...rule, filter: 'department eq "Justice"' });
    await eventually(async () => (await accessOf(hub, '1301')).accounts[0].groups.length === 0);
    const ended = `identityId eq "${identityOf('1301')}" and code eq "rule_no_longer_matches"`;
    expect((await hub.call('GET', `/assignments?filter=${encodeURIComponent(ended)}`)).body.items).toMatchObject([
      { packageId: 'legal', status: 'revoked', cause: { type: 'birthright', rule: 'legal' }, reason: null },
    ]);
    const told = (await hub.published(topics.decisions)).filter(({ type }) => type.endsWith('assignment.revoked.v1'));
    expect(told.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ package: 'legal', code: 'rule_no_longer_matches' }),
    );
  });
});

describe('what a document speaks of by id', () => {
  it('is named beside', async () => {
    await hub.stated(hrMessage('hired', worker('3999')));
    const owner = { id: identityOf('3999'), employeeId: '3999', displayName: 'Given3999 Family3999' };
    const owned = { displayName: 'Owned', connectorId: 'owned', owners: [owner.id] };
    expect((await hub.call('PUT', '/applications/owned', owned)).body.ownerPeople).toEqual([owner]);
    expect((await hub.call('GET', '/access-packages/wiki-user')).body.applications).toEqual([
      { id: 'wiki', displayName: 'Wiki' },
    ]);
    expect((await hub.call('GET', '/birthright-rules/everybody')).body.packageNames).toEqual([
      { id: 'wiki-user', displayName: 'Wiki' },
    ]);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});

describe('a package that grants what its application does not have', () => {
  const shown = (name: string, sequence: number, gone = false) => ({
    ...connectorMessage(`entitlement-${name}`, sequence, entitlementShown),
    body: { connector: 'wiki', kind: 'group', id: name, name, description: null, gone },
  });
  const listed = {
    ...connectorMessage('entitlement-groups', 1, entitlementsListed),
    body: { connector: 'wiki', kind: 'group' },
  };
  const warned = async (...groups: string[]): Promise<unknown[]> => {
    const grants = [{ application: 'wiki', account: true }, ...groups.map((group) => ({ application: 'wiki', group }))];
    const { body } = await hub.call('PUT', '/access-packages/named', { displayName: 'Named', status: 'draft', grants });
    return (body.warnings as { pointer: string }[]).map(({ pointer }) => pointer);
  };

  it('says so, once all of it was read; not of what is there, or was never read', async () => {
    await hub.publish(shown('Editors', 1), shown('Former', 1));
    expect(await warned('Editors', 'Nobody')).toEqual([]);
    await hub.publish(listed, shown('Former', 2, true), shown('Former', 1));
    expect(await eventually(async () => (await warned('Nobody')).length === 1)).toBe(true);
    expect(await warned('Editors', 'Nobody', 'Former')).toEqual(['/grants/2/group', '/grants/3/group']);
  });
});

function connectorMessage(stream: string, sequence: number, type: string) {
  return {
    topic: topics.connectors,
    key: 'wiki',
    id: uuidv7(),
    source: `/provisioning/${stream}`,
    type,
    subject: 'wiki',
    time: '2026-03-02T09:00:00.000Z',
    actor: 'service/provisioning',
    correlationId: uuidv7(),
    causationId: null,
    sequence,
    epoch: 1,
  };
}
