import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from '../governance.fixtures.js';
import { known } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await runningGovernance();
  await hub.call('PUT', '/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  const account = { application: 'wiki', account: true };
  const asked = { approval: { stages: [{ approvers: ['manager'] }] } };
  await packageOf('at-once', [account], { approval: 'none' });
  await packageOf('approved', [account], asked);
  await packageOf('short', [account], { approval: { stages: [{ approvers: ['manager'], timeout: 'PT1H' }] } });
  await packageOf('by-rule', [account], { requestFor: null, approval: null });
  await packageOf('moving', [{ application: 'wiki', group: 'Movers' }], { approval: 'none' });
  await hub.call('PUT', '/birthright-rules/moving', {
    displayName: 'People who move',
    filter: 'department eq "Moving"',
    packages: ['moving'],
  });
  await noteUndecided();
});
afterAll(() => hub.stop());

/**
 * Has the database note, at each commit, facts about somebody's access or requests that did not raise the number of
 * decisions about them. Somebody's first fact needs none: nobody else can decide about them before.
 */
async function noteUndecided(): Promise<void> {
  for (const sql of [
    `create table undecided (type text not null, stream text not null)`,
    `create function note_undecided() returns trigger language plpgsql as $$
     declare person uuid := case
       when new.stream like 'access-%' then substr(new.stream, 8, 36)::uuid
       when new.stream like 'desired-%' then substr(new.stream, 9, 36)::uuid
       when new.stream like 'request-%' then (select beneficiary_id from request where id = substr(new.stream, 9)::uuid) end;
     begin
       if person is not null
         and not exists (select 1 from person_decision where identity_id = person and xmin = pg_current_xact_id()::xid)
         and not exists (select 1 from events where stream = 'identity-' || person and version = 1
           and xmin = pg_current_xact_id()::xid)
       then insert into undecided values (new.type, new.stream); end if;
       return null;
     end $$`,
    `create constraint trigger undecided after insert on events deferrable initially deferred
       for each row execute function note_undecided()`,
  ])
    await hub.db.query(sql);
}

const packageOf = (id: string, grants: object[], more: object) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: id,
    grants,
    requestFor: 'anyone',
    requireJustification: false,
    ...more,
  });

/** Something that decides about a person. `commits` is what its commit, and nothing else at that time, writes. */
interface Decision {
  readonly commits: RegExp;
  run(): Promise<number | undefined>;
}

const who = (id: string, more = {}) => worker(id, { managerId: `m${id}`, department: 'Old', ...more });
const hr = (kind: Parameters<typeof hrMessage>[0], id: string, more = {}, sequence = 2): Decision => ({
  commits: /insert into identity as i/,
  run: async () => {
    await hub.stated(hrMessage(kind, who(id, more), sequence));
    return undefined;
  },
});
const call = (commits: RegExp, as: string, roles: string, path: string, body?: object): Decision => ({
  commits,
  run: async () => (await hub.call('POST', path, body, { as, roles: roles.split(' ') })).status,
});
const submit = (packageId: string, id: string): Decision =>
  call(/insert into request as r \(/, id, 'requester', '/requests', { packageId });

const statusOf = async (request: string): Promise<string> =>
  (await hub.call('GET', `/requests/${request}`)).body.status;
/** The hour in which somebody could decide is over. */
const timeOut = (request: string): Decision => ({
  commits: /insert into request as r \(/,
  run: async () => {
    hub.clock.set(new Date(Date.parse(hub.clock.now()) + 61 * 60_000).toISOString());
    await eventually(async () => (await statusOf(request)) !== 'pending');
    return undefined;
  },
});

let last = 2000;
/** A new manager and a new member, who hold nothing. */
async function newcomer({ managed = true } = {}): Promise<string> {
  const id = String((last += 1));
  await hub.stated(
    ...(managed ? [hrMessage('hired', worker(`m${id}`))] : []),
    hrMessage('hired', who(id)),
    hrMessage('hired', worker(`other-${id}`)),
  );
  await known(hub, id, ...(managed ? [`m${id}`] : []));
  return id;
}

async function requestOf(id: string, packageId: string): Promise<{ id: string; assignmentId: string }> {
  const { body } = await hub.call('POST', '/requests', { packageId }, { as: id, roles: ['requester'] });
  return body;
}

/** `late` has read all it decides on when `early` begins and ends; then `late` goes on to commit. */
async function race(early: Decision, late: Decision): Promise<{ early: number | undefined; late: number | undefined }> {
  const held = hub.hold(late.commits);
  const running = late.run();
  await held.arrived;
  const first = await early.run();
  held.release();
  return { early: first, late: await running };
}

const active = async (id: string) =>
  (
    await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`identityId eq "${identityOf(id)}" and status eq "active"`)}`,
    )
  ).body.items as { packageId: string; cause: { type: string } }[];
const desired = async (id: string) => (await hub.call('GET', `/identities/${identityOf(id)}/access`)).body.items[0];

async function expectNothingLeft(id: string): Promise<void> {
  expect((await hub.call('GET', `/identities/${identityOf(id)}`)).body.status).toBe('inactive');
  expect(await active(id)).toEqual([]);
  expect((await desired(id))?.accounts.filter((account: { active: boolean }) => account.active) ?? []).toEqual([]);
  const open = `beneficiaryId eq "${identityOf(id)}" and status eq "pending"`;
  expect((await hub.call('GET', `/requests?filter=${encodeURIComponent(open)}`)).body.items).toEqual([]);
}

const orders = [['the first named commits first'], ['the second named commits first']] as const;
const inOrder = (order: string, one: Decision, other: Decision) =>
  order === orders[0][0] ? race(one, other) : race(other, one);

describe.each(orders)('of two decisions about one person, made on the same reading, where %s', (order) => {
  it('leaving and an approval leave no access', async () => {
    const id = await newcomer();
    const request = await requestOf(id, 'approved');
    const path = `/requests/${request.id}/decisions`;
    const approval = call(/insert into request as r \(/, `m${id}`, 'approver', path, { decision: 'approve' });
    await inOrder(order, hr('terminated', id), approval);
    await expectNothingLeft(id);
  });

  it('leaving that has not looked for open requests yet, and an approval, leave no access', async () => {
    const id = await newcomer();
    const request = await requestOf(id, 'approved');
    const path = `/requests/${request.id}/decisions`;
    const approval = call(/insert into request as r \(/, `m${id}`, 'approver', path, { decision: 'approve' });
    const leaving = {
      ...hr('terminated', id),
      commits: /from request where status = 'pending' and beneficiary_id = any/,
    };
    await inOrder(order, leaving, approval);
    await expectNothingLeft(id);
  });

  it('leaving and a request that is granted at once leave no access', async () => {
    const id = await newcomer();
    await inOrder(order, hr('terminated', id), submit('at-once', id));
    await expectNothingLeft(id);
  });

  it('leaving and a request that waits for approval leave nothing open', async () => {
    const id = await newcomer();
    await inOrder(order, hr('terminated', id), submit('approved', id));
    await expectNothingLeft(id);
  });

  it('leaving and a time-out leave nothing open', async () => {
    const id = await newcomer();
    const { id: request } = await requestOf(id, 'short');
    await inOrder(order, hr('terminated', id), timeOut(request));
    await expectNothingLeft(id);
    expect(['expired', 'cancelled']).toContain(await statusOf(request));
  });

  it('an approval and a time-out are decided one after the other', async () => {
    const id = await newcomer();
    const { id: request } = await requestOf(id, 'short');
    const approval = call(/insert into request as r \(/, `m${id}`, 'approver', `/requests/${request}/decisions`, {
      decision: 'approve',
    });
    await inOrder(order, approval, timeOut(request));
    await hub.quiet();
    const status = await statusOf(request);
    expect([await active(id), status]).toMatchObject(
      status === 'expired' ? [[], 'expired'] : [[{ packageId: 'short' }], 'completed'],
    );
  });

  it('a time-out and another request are decided one after the other', async () => {
    const id = await newcomer();
    const { id: request } = await requestOf(id, 'short');
    await inOrder(order, timeOut(request), submit('short', id));
    const open = `beneficiaryId eq "${identityOf(id)}" and status eq "pending"`;
    const { items } = (await hub.call('GET', `/requests?filter=${encodeURIComponent(open)}`)).body;
    expect(items.length).toBeLessThanOrEqual(1);
  });

  it('leaving and a withdrawal leave nothing open', async () => {
    const id = await newcomer();
    const { id: request } = await requestOf(id, 'approved');
    const withdrawal = call(/insert into request as r \(/, id, 'requester', `/requests/${request}/cancel`);
    await inOrder(order, hr('terminated', id), withdrawal);
    await expectNothingLeft(id);
  });

  it('a move and a revocation leave what the new place gives', async () => {
    const id = await newcomer();
    const { assignmentId } = await requestOf(id, 'moving');
    const path = `/assignments/${assignmentId}/revoke`;
    const revocation = call(/insert into access \(/, 'admin', 'policy-admin', path, { reason: 'x' });
    await inOrder(order, hr('moved', id, { department: 'Moving' }), revocation);
    expect(await active(id)).toMatchObject([{ packageId: 'moving', cause: { type: 'birthright' } }]);
  });

  it('a change of attributes and a grant leave the new attributes in what the application is told', async () => {
    const id = await newcomer();
    await inOrder(order, hr('changed', id, { jobTitle: 'Captain' }), submit('at-once', id));
    expect(await desired(id)).toMatchObject({ accounts: [{ active: true, attributes: { jobTitle: 'Captain' } }] });
  });

  it('the arrival of a manager and a grant leave the manager in what the application is told', async () => {
    const id = await newcomer({ managed: false });
    const arrival: Decision = {
      commits: /insert into identity as i/,
      run: async () => {
        await hub.stated(hrMessage('hired', worker(`m${id}`)));
        return undefined;
      },
    };
    await inOrder(order, arrival, submit('at-once', id));
    expect(await desired(id)).toMatchObject({ accounts: [{ attributes: { managerIdentity: identityOf(`m${id}`) } }] });
  });

  it('coming back and a request are decided one after the other', async () => {
    const id = await newcomer();
    await hr('terminated', id).run();
    // An auditor, too: others do not see who has left.
    const asManager = call(/insert into request/, `m${id}`, 'requester auditor', '/requests', {
      packageId: 'at-once',
      beneficiaryId: identityOf(id),
    });
    const answers = await race(hr('rehired', id, {}, 3), {
      ...asManager,
      commits: /AccessRequestRefused|insert into events/,
    });
    expect([403, 201]).toContain(answers.late);
    expect((await active(id)).length).toBe(answers.late === 201 ? 1 : 0);
  });

  it('leaving and a rule that is new leave no access', async () => {
    const id = await newcomer();
    const page = hub.hold(/insert into access \(/);
    const rule = { displayName: id, filter: `employeeId eq "${id}"`, packages: ['by-rule'] };
    await hub.call('PUT', `/birthright-rules/only-${id}`, rule);
    await page.arrived;
    const leave = hr('terminated', id);
    if (order === orders[0][0]) {
      await leave.run();
      page.release();
    } else {
      const held = hub.hold(leave.commits);
      const leaving = leave.run();
      await held.arrived;
      page.release();
      await eventually(async () => (await active(id)).length === 1);
      held.release();
      await leaving;
    }
    await hub.quiet();
    await expectNothingLeft(id);
  });
});

describe('a decision about a person', () => {
  const decided = async (id: string): Promise<number> => {
    const [row] = await hub.db.query<{ decided: number }>(
      `select decided from person_decision where identity_id = $1::uuid`,
      [identityOf(id)],
    );
    return row?.decided ?? 0;
  };

  it('is counted once, for that person alone, also where it writes no access', async () => {
    const id = await newcomer();
    const before = await decided(`m${id}`);
    const raised = async (decision: Decision): Promise<number> => {
      const from = await decided(id);
      await decision.run();
      return (await decided(id)) - from;
    };
    expect(await decided(id)).toBe(0);
    expect(await raised(hr('changed', id, { jobTitle: 'Captain' }))).toBe(1);
    expect(await raised(hr('changed', id, { jobTitle: 'Captain' }, 3))).toBe(0);
    expect(await raised(submit('approved', id))).toBe(1);
    const [{ id: request }] = (
      await hub.call('GET', `/requests?filter=${encodeURIComponent(`beneficiaryId eq "${identityOf(id)}"`)}`)
    ).body.items;
    expect(await raised(call(/./, id, 'requester', `/requests/${request}/cancel`))).toBe(1);
    const { id: late } = await requestOf(id, 'short');
    expect(await raised(timeOut(late))).toBe(1);
    const { id: again } = await requestOf(id, 'approved');
    const deny = { decision: 'deny' };
    expect(await raised(call(/./, `m${id}`, 'approver', `/requests/${again}/decisions`, deny))).toBe(1);
    const third = await requestOf(id, 'approved');
    const approve = { decision: 'approve' };
    expect(await raised(call(/./, `m${id}`, 'approver', `/requests/${third.id}/decisions`, approve))).toBe(1);
    const [{ id: assignment }] = (await active(id)) as unknown as [{ id: string }];
    const reason = { reason: 'over' };
    expect(await raised(call(/./, 'admin', 'policy-admin', `/assignments/${assignment}/revoke`, reason))).toBe(1);
    expect(await raised(hr('terminated', id, { jobTitle: 'Captain' }, 4))).toBe(1);
    expect(await raised(hr('rehired', id, {}, 5))).toBe(1);
    expect(await decided(`m${id}`)).toBe(before);
  });

  it('is the arrival of a manager, and a new rule, for those alone whom they change', async () => {
    const [id, other] = [await newcomer({ managed: false }), await newcomer({ managed: false })];
    await hub.stated(hrMessage('hired', worker(`m${id}`)));
    expect([await decided(id), await decided(other), await decided(`m${id}`)]).toEqual([1, 0, 0]);
    const rule = { displayName: id, filter: `employeeId eq "${id}"`, packages: ['by-rule'] };
    await hub.call('PUT', `/birthright-rules/only-${id}`, rule);
    await hub.quiet();
    expect([await decided(id), await decided(other)]).toEqual([2, 0]);
  });
});

describe('each fact about what somebody has or asks for', () => {
  it('was a decision about that person', async () => {
    const id = await newcomer();
    const { id: request } = await requestOf(id, 'approved');
    const approvers = { approvers: [identityOf(`other-${id}`)], reason: 'away' };
    const reassigned = call(/./, 'admin', 'policy-admin', `/requests/${request}/reassign`, approvers);
    expect(await reassigned.run()).toBe(200);
    await hub.quiet();
    expect(await hub.db.query(`select distinct type from undecided where type not like '%Refused'`)).toEqual([]);
    const [row] = await hub.db.query<{ n: number }>(
      `select count(distinct type)::int as n from events where stream like 'request-%' or stream like 'access-%'`,
    );
    expect(row?.n).toBeGreaterThan(6);
  });
});
