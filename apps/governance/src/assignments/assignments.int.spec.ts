import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  asked,
  engineer,
  expectContractsKept,
  team,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

const assignmentsOf = async (employeeId: string, more = '') =>
  (
    await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`identityId eq "${identityOf(employeeId)}"${more}`)}`,
    )
  ).body.items as { id: string; packageId: string; status: string; delivery: string; removal: string | null }[];
const explanationOf = async (employeeId: string) =>
  (await hub.call('GET', `/identities/${identityOf(employeeId)}/access/wiki/explanation`)).body;

let sequence = 0;
async function answered(
  employeeId: string,
  type: Parameters<typeof resultMessage>[0],
  more: Partial<ResultMessage> & { desiredSequence: number },
): Promise<void> {
  sequence += 1;
  await hub.publish(resultMessage(type, { identity: identityOf(employeeId), application: 'wiki', ...more }, sequence));
}
const removalOf = async (employeeId: string, word: string): Promise<void> => {
  await eventually(async () => {
    const all = await assignmentsOf(employeeId, ` and removal eq "${word}"`);
    return all.length > 0;
  });
};

/** Somebody with an account that is delivered, who has left. */
async function leaver(employeeId: string): Promise<void> {
  await hub.stated(hrMessage('hired', engineer(employeeId)));
  await answered(employeeId, 'hub.provisioning.account.created.v1', { desiredSequence: 1, inSync: true, seen: 'yes' });
  await eventually(async () => (await assignmentsOf(employeeId))[0]?.delivery === 'delivered');
  await hub.stated(hrMessage('terminated', engineer(employeeId, { terminationDate: '2026-03-01' }), 2));
}

describe('access that should have ended', () => {
  it('is pending until a reading shows it gone, and is told nowhere as delivered or justified', async () => {
    await leaver('5101');
    expect(await assignmentsOf('5101')).toMatchObject([{ status: 'revoked', removal: 'pending' }]);
    expect(await accessOf(hub, '5101')).toMatchObject({
      status: 'leaver',
      entitlements: [],
      shouldHaveEnded: [{ account: true, removal: 'pending' }],
    });
    const explained = await explanationOf('5101');
    expect(explained.entitlements).toEqual([]);
    expect(explained.shouldHaveEnded).toMatchObject([
      { code: 'left', removal: 'pending', entitlements: [{ account: true, removal: 'pending' }] },
    ]);
    expect(explained.shouldHaveEnded[0].chain.map(({ type }: { type: string }) => type)).toEqual([
      'hub.governance.assignment.revoked.v1',
      'hub.governance.identity.changed.v1',
      'hub.hr.worker.terminated.v1',
    ]);
    await answered('5101', 'hub.provisioning.account.disabled.v1', {
      kind: 'disable-account',
      desiredSequence: 2,
      verified: true,
      inSync: true,
    });
    await removalOf('5101', 'done');
    expect((await accessOf(hub, '5101')).shouldHaveEnded).toEqual([]);
    expect((await explanationOf('5101')).shouldHaveEnded).toEqual([]);
  });

  it('has failed where the application refuses', async () => {
    await leaver('5102');
    const refused = { kind: 'disable-account', desiredSequence: 2, status: 405, code: 'refused' } as const;
    await answered('5102', 'hub.provisioning.operation.failed.v1', { ...refused, willRetry: false });
    await removalOf('5102', 'failed');
    expect((await explanationOf('5102')).shouldHaveEnded).toMatchObject([{ removal: 'failed' }]);
  });

  it('stays not verifiable where no reading can show it, until somebody confirms it', async () => {
    await leaver('5103');
    const disabled = { kind: 'disable-account', desiredSequence: 2 } as const;
    await answered('5103', 'hub.provisioning.account.disabled.v1', {
      ...disabled,
      verified: false,
      verifiable: false,
      inSync: true,
    });
    await removalOf('5103', 'not-verifiable');
    await answered('5103', 'hub.provisioning.account.disabled.v1', {
      ...disabled,
      verified: true,
      confirmedBy: identityOf('5103'),
    });
    await removalOf('5103', 'done');
  });

  it('is not gone because the connector says that nothing is left to do', async () => {
    await leaver('5104');
    await answered('5104', 'hub.provisioning.account.in-sync.v1', { desiredSequence: 2 });
    await removalOf('5104', 'not-verifiable');
  });

  it('of a request that was revoked is told with the request, and keeps its reason', async () => {
    await team(hub, '5105', '5106');
    const request = await asked(hub, '5106');
    await hub.call('POST', `/requests/${request}/decisions`, { decision: 'approve' }, { as: '5105', ...approver });
    const [held] = (await assignmentsOf('5106')).filter(({ packageId }) => packageId === 'wiki-editor');
    await answered('5106', 'hub.provisioning.membership.added.v1', {
      desiredSequence: 2,
      group: 'Editors',
      inSync: true,
    });
    await eventually(async () => (await hub.call('GET', `/requests/${request}`)).body.delivery === 'delivered');
    const revoked = await hub.call('POST', `/assignments/${held?.id ?? ''}/revoke`, { reason: 'The project is over' });
    expect(revoked.body).toMatchObject({ status: 'revoked', removal: 'pending' });
    expect((await hub.call('GET', `/requests/${request}`)).body).toMatchObject({ removal: 'pending' });
    await answered('5106', 'hub.provisioning.membership.removed.v1', {
      kind: 'remove-member',
      desiredSequence: 3,
      group: 'Editors',
      verified: true,
      inSync: true,
    });
    await removalOf('5106', 'done');
    expect((await hub.call('GET', `/assignments/${held?.id ?? ''}`)).body).toMatchObject({
      removal: 'done',
      reason: 'The project is over',
    });
    const told = (await hub.published(topics.decisions)).filter(({ subject }) => subject === held?.id);
    expect(told.slice(-2).map(({ type, body }) => [type, (body as { removal?: string }).removal])).toEqual([
      ['hub.governance.assignment.revoked.v1', 'pending'],
      ['hub.governance.assignment.removal-changed.v1', 'done'],
    ]);
  });
});

describe('an assignment, and what it explains', () => {
  it('name people, packages, rules and the application beside their ids', async () => {
    await team(hub, '5121', '5122');
    const request = await asked(hub, '5122');
    await hub.call('POST', `/requests/${request}/decisions`, { decision: 'approve' }, { as: '5121', ...approver });
    const ada = { id: identityOf('5122'), employeeId: '5122', displayName: 'Given5122 Family5122' };
    const grace = { id: identityOf('5121'), employeeId: '5121', displayName: 'Given5121 Family5121' };
    expect(await assignmentsOf('5122')).toMatchObject([
      { package: { id: 'wiki-editor', displayName: 'Wiki editors' }, identity: ada, approvers: [grace], rule: null },
      {
        package: { id: 'wiki-user', displayName: 'Wiki' },
        identity: ada,
        approvers: [],
        rule: { id: 'everybody', displayName: 'Everybody' },
      },
    ]);
    expect(await accessOf(hub, '5122')).toMatchObject({ person: ada, applicationName: 'Wiki' });
    const explained = await explanationOf('5122');
    expect(explained).toMatchObject({ person: ada, applicationName: 'Wiki' });
    const because = explained.entitlements.find(({ group }: { group?: string }) => group === 'Editors').because[0];
    expect(because).toMatchObject({
      package: { id: 'wiki-editor', displayName: 'Wiki editors' },
      approvals: [{ approver: grace.id, person: grace }],
    });
    expect(because.chain.map(({ person }: { person: object | null }) => person)).toContainEqual(grace);
  });
});

describe('delivery', () => {
  it('is in question again when an answer contradicts it', async () => {
    await hub.stated(hrMessage('hired', engineer('5111')));
    await answered('5111', 'hub.provisioning.account.created.v1', {
      desiredSequence: 1,
      inSync: true,
      seen: 'contradicted',
    });
    await answered('5111', 'hub.provisioning.account.updated.v1', { desiredSequence: 1, inSync: true, seen: 'yes' });
    await eventually(async () => (await assignmentsOf('5111'))[0]?.delivery === 'delivered');
    await answered('5111', 'hub.provisioning.drift.detected.v1', {
      kind: 'lookup',
      desiredSequence: 1,
      code: 'inactive',
    });
    await eventually(async () => (await assignmentsOf('5111'))[0]?.delivery === 'pending');
  });

  it('is written with each answer, so no index of rows has a column that an answer changes', async () => {
    const indexes = await hub.db.query<{ sql: string }>(
      `select pg_get_indexdef(x.indexrelid) as sql from pg_index x
       join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
       where x.indrelid in ('assignment'::regclass, 'access'::regclass) and m.amname <> 'brin'`,
    );
    const changed = /\(.*\b(delivery|version|state|fold)\b/;
    expect(indexes.length).toBeGreaterThan(5);
    expect(indexes.filter(({ sql }) => changed.test(sql))).toEqual([]);
  });

  it('selects the assignments of a list', async () => {
    await hub.stated(hrMessage('hired', engineer('5114')));
    const listed = async (word: string) =>
      (await hub.call('GET', `/assignments?filter=${encodeURIComponent(`delivery ${word}`)}`)).body.items as {
        delivery: string;
      }[];
    const pending = await listed('eq "Pending"');
    expect([...new Set(pending.map(({ delivery }) => delivery))]).toEqual(['pending']);
    expect((await listed('ne "pending"')).some(({ delivery }) => delivery === 'pending')).toBe(false);
    expect(await listed('eq "lost"')).toEqual([]);
  });

  it('selects those that failed, few or none, by an index of their own', async () => {
    await hub.stated(hrMessage('hired', engineer('5116')));
    const because = (await eventually(async () => (await assignmentsOf('5116'))[0]?.id)) ?? '';
    const refused = { kind: 'create-account', desiredSequence: 1, status: 409, code: 'refused' } as const;
    await answered('5116', 'hub.provisioning.operation.failed.v1', {
      ...refused,
      because: [because],
      willRetry: false,
    });
    await eventually(async () => (await assignmentsOf('5116'))[0]?.delivery === 'failed');
    const filter = encodeURIComponent('delivery eq "failed"');
    const { body } = await hub.call('GET', `/assignments?filter=${filter}`);
    const held = await hub.db.query(`select id from assignment where delivery = 'failed' order by id desc`);
    expect((body.items as { id: string }[]).map(({ id }) => ({ id }))).toEqual(held);
    expect(held.length).toBeGreaterThan(0);
  });

  it('is found by the index of rare words where few of many failed, and no index is written when one is delivered', async () => {
    const [plan, written] = await hub.db.transaction(async (tx) => {
      await tx.query(
        `insert into assignment (id, identity_id, package_id, package_version, status, delivery, cause, since, fold)
         select md5('many ' || n)::uuid, md5('one ' || n)::uuid, 'many', 1, 'active', case when n % 200 = 0 then 'failed' else 'delivered' end,
           '{"type":"birthright","rule":"many"}', now(), 1 from generate_series(1, 2000) n`,
      );
      await tx.query('analyze assignment');
      const rows = await tx.query<Record<string, string>>(
        `explain select id from assignment where rare_delivery = 'failed' order by id desc limit 51`,
      );
      await tx.query(
        `update assignment set delivery = 'delivering' where package_id = 'many' and id = md5('many 1999')::uuid`,
      );
      const [updates] = await tx.query<{ rows: number; in_place: number }>(
        `select n_tup_upd::int as rows, n_tup_hot_upd::int as in_place from pg_stat_xact_user_tables where relname = 'assignment'`,
      );
      await tx.query(`delete from assignment where package_id = 'many'`);
      return [rows.map((row) => Object.values(row)[0]).join('\n'), updates] as const;
    });
    expect(plan).toContain('assignment_rare_delivery');
    expect(written).toEqual({ rows: 1, in_place: 1 });
  });

  it('waits again while a package that lost a group is taken away in part', async () => {
    const grants = [
      { application: 'wiki', account: true },
      { application: 'wiki', group: 'Shrinking' },
    ];
    await hub.call('PUT', '/access-packages/shrinking', { displayName: 'Shrinking', grants });
    await hub.call('PUT', '/birthright-rules/shrinking', {
      displayName: 'Shrinking',
      filter: 'department eq "Shrinking"',
      packages: ['shrinking'],
    });
    await hub.stated(hrMessage('hired', engineer('5112', { department: 'Shrinking' })));
    const delivery = async () =>
      (await assignmentsOf('5112')).find(({ packageId }) => packageId === 'shrinking')?.delivery;
    await answered('5112', 'hub.provisioning.account.in-sync.v1', { desiredSequence: 1 });
    await eventually(async () => (await delivery()) === 'delivered');
    await hub.call('PUT', '/access-packages/shrinking', { displayName: 'Shrinking', grants: grants.slice(0, 1) });
    await hub.quiet();
    expect(await delivery()).toBe('pending');
    await answered('5112', 'hub.provisioning.account.in-sync.v1', { desiredSequence: 2 });
    await eventually(async () => (await delivery()) === 'delivered');
  });

  it('of a group is told again when it alone gives the account', async () => {
    await hub.call('PUT', '/access-packages/group-only', {
      displayName: 'Group only',
      grants: [{ application: 'wiki', group: 'Alone' }],
    });
    await hub.call('PUT', '/birthright-rules/group-only', {
      displayName: 'Group only',
      filter: 'department eq "Alone"',
      packages: ['group-only'],
    });
    const alone = (employmentType: string) => engineer('5113', { department: 'Alone', employmentType });
    await hub.stated(hrMessage('hired', alone('staff')));
    await answered('5113', 'hub.provisioning.account.in-sync.v1', { desiredSequence: 1 });
    const delivery = async () =>
      (await assignmentsOf('5113')).find(({ packageId }) => packageId === 'group-only')?.delivery;
    await eventually(async () => (await delivery()) === 'delivered');
    // The rule gives the wiki to everybody but guests: the group keeps the account.
    await hub.stated(hrMessage('changed', alone('guest'), 2));
    expect(await delivery()).toBe('pending');
    expect((await accessOf(hub, '5113')).accounts[0]).toMatchObject({ active: true, packages: ['group-only'] });
    await answered('5113', 'hub.provisioning.account.in-sync.v1', { desiredSequence: 2 });
    await eventually(async () => (await delivery()) === 'delivered');
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
