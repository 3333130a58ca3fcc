import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../../../test/support/eventually.js';
import { loseAnswers } from '../../../../test/support/lost-answers.js';
import { hrMessage, identityOf, idOf, resultMessage, worker, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  asked,
  engineer,
  expectContractsKept,
  known,
  requester,
  team,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

describe('a request', () => {
  it('that was decided, whose answer was lost, says so to who repeats the decision under its Idempotency-Key', async () => {
    await team(hub, '1610', '1611');
    const id = await asked(hub, '1611');
    const decide = (key: string) =>
      hub.call(
        'POST',
        `/requests/${id}/decisions`,
        { decision: 'approve' },
        { as: '1610', ...approver, headers: { 'idempotency-key': key } },
      );
    expect((await decide('decided')).status).toBe(200);
    await loseAnswers(hub.db, 'governance');
    const again = await decide('decided');
    expect([again.status, again.body.code]).toEqual([409, 'request.not_pending']);
    expect(again.body.detail).toContain('an earlier request with this Idempotency-Key may have done it');
    expect((await decide('another')).body.detail).not.toContain('an earlier try');
  });

  it('whose answer was lost is found, and not made twice, when it is repeated under its Idempotency-Key', async () => {
    await team(hub, '1600', '1601');
    const ask = () =>
      hub.call(
        'POST',
        '/requests',
        { packageId: 'wiki-editor', justification: 'I write' },
        { as: '1601', ...requester, headers: { 'idempotency-key': 'lost-1' } },
      );
    const first = await ask();
    await loseAnswers(hub.db, 'governance');
    const again = await ask();
    expect([again.status, again.body.id, again.headers.get('location')]).toEqual([
      201,
      first.body.id,
      first.headers.get('location'),
    ]);
    expect(
      (await hub.call('GET', `/requests?filter=beneficiaryId eq "${identityOf('1601')}"`)).body.items,
    ).toHaveLength(1);
  });

  it('is approved by the manager, becomes a membership, and says delivered only when the application does', async () => {
    await team(hub, '1200', '1201');
    const id = await asked(hub, '1201');
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
    const access = await accessOf(hub, '1201');
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

  it('twice: an answer redelivered, or said again, delivers nothing again', async () => {
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
    await team(hub, '1210', '1211');
    await hub.stated(hrMessage('hired', engineer('1212')));
    await known(hub, '1212');
    const id = await asked(hub, '1211');
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
    await team(hub, '1220', '1221');
    await hub.stated(hrMessage('hired', worker('1222', { department: 'Sales' })));
    await known(hub, '1222');
    const refusals = async () =>
      (await hub.published(topics.decisions)).filter(({ type }) => type === 'hub.governance.request.refused.v1');
    const before = new Set((await refusals()).map(({ id }) => id));
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
    expect(await ask('1221', { packageId: 'wiki-editor', endsAt: '2020-01-01T00:00:00Z' })).toEqual([
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
    await asked(hub, '1221');
    expect(await ask('1221', { packageId: 'wiki-editor' })).toEqual([409, 'request.already_open', undefined]);
    const refused = (await refusals()).filter(({ id }) => !before.has(id));
    expect(refused.length).toBe(4);
  });

  it('that nobody decides in time expires', async () => {
    await team(hub, '1230', '1231');
    const id = await asked(hub, '1231');
    const due = new Date(Date.parse(hub.clock.now()) + 3 * 24 * 3600 * 1000).toISOString();
    expect((await hub.call('GET', `/requests/${id}`)).body.dueAt).toBe(due);
    hub.clock.advance(3 * 24 * 3600 * 1000);
    await eventually(async () => (await hub.call('GET', `/requests/${id}`)).body.status === 'expired');
  });

  it('asked for twice at once is open once', async () => {
    await team(hub, '1240', '1241');
    const ask = () =>
      hub.call('POST', '/requests', { packageId: 'wiki-editor', justification: 'x' }, { as: '1241', ...requester });
    const answers = await Promise.all([ask(), ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('may be withdrawn by who asked', async () => {
    await team(hub, '1250', '1251');
    const id = await asked(hub, '1251');
    const withdrawn = await hub.call('POST', `/requests/${id}/cancel`, undefined, { as: '1251', ...requester });
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
    await team(hub, '1260', '1261');
    const { status, body } = await hub.call(
      'POST',
      '/requests',
      { packageId: 'wiki-reader' },
      { as: '1261', ...requester },
    );
    expect([status, body.status]).toEqual([201, 'approved']);
    expect((await accessOf(hub, '1261')).accounts[0].groups).toEqual(['Readers']);

    const revoke = (reason: object) => hub.call('POST', `/assignments/${body.assignmentId}/revoke`, reason);
    expect((await revoke({})).body.errors[0].pointer).toBe('/reason');
    expect((await revoke({ reason: 'over' })).body).toMatchObject({
      status: 'revoked',
      code: 'revoked_by_administrator',
      reason: 'over',
    });
    expect((await revoke({ reason: 'over' })).status).toBe(409);
    expect((await accessOf(hub, '1261')).accounts[0].groups).toEqual([]);
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
