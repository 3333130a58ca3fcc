import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identityLockedDown, lockdownReleased } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  asked,
  engineer,
  expectContractsKept,
  requester,
  team,
  wikiCompany,
} from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

const security = { as: 'guard', roles: ['security'] };
const second = { as: 'second-guard', roles: ['security'] };
const reason = { reason: 'Credentials were stolen' };
const path = (employeeId: string, end: string) => `/identities/${identityOf(employeeId)}/${end}`;
const lock = (employeeId: string, as: object = security) => hub.call('POST', path(employeeId, 'lockdown'), reason, as);
const release = (employeeId: string, as: object = second) =>
  hub.call('POST', path(employeeId, 'release-lockdown'), { reason: 'New passwords' }, as);
const heldBy = async (employeeId: string) =>
  (await hub.call('GET', `/assignments?filter=identityId eq "${identityOf(employeeId)}"`)).body.items;

describe('a lockdown', () => {
  it('ends everything at once: assignments, requests, delegations, account and token', async () => {
    await team(hub, '2000', '2001');
    await team(hub, '2002', '2003');
    const request = await asked(hub, '2001');
    const handedOver = await hub.call(
      'POST',
      '/delegations',
      { delegateId: identityOf('2001'), until: '2026-04-01T00:00:00.000Z', reason: 'holiday' },
      { as: '2002', ...approver },
    );
    expect(handedOver.status).toBe(201);
    const { status, body, headers } = await lock('2001');
    expect([status, headers.get('location')]).toEqual([202, `/governance/v1${path('2001', 'lockdown')}`]);
    expect(body).toMatchObject({
      identityId: identityOf('2001'),
      status: 'locked',
      locked: { at: hub.clock.now(), by: expect.stringMatching(/^subject\//), ...reason },
      released: null,
      receipts: [{ application: 'wiki', decidedAt: hub.clock.now(), state: 'pending', answeredAt: null }],
    });
    expect(await heldBy('2001')).toMatchObject([{ status: 'revoked', code: 'locked_down' }]);
    expect(await accessOf(hub, '2001')).toMatchObject({ status: 'leaver', accounts: [{ active: false }] });
    expect((await hub.call('GET', `/requests/${request}`)).body).toMatchObject({
      status: 'cancelled',
      code: 'beneficiary_locked_down',
    });
    expect((await hub.call('GET', `/delegations/${handedOver.body.id}`)).body.endedAt).toBe(hub.clock.now());
    await eventually(
      async () => (await hub.call('GET', '/me', undefined, { as: '2001', ...requester })).status === 401,
    );
    expect(await heldBy('2003')).toMatchObject([{ status: 'active' }]);
  });

  it('is told once, with who did it, and asking again changes nothing', async () => {
    const before = await hub.published(topics.decisions);
    expect(before.filter(({ type }) => type === identityLockedDown)).toMatchObject([
      { key: identityOf('2001'), actor: expect.stringMatching(/^subject\//), body: reason },
    ]);
    const again = await lock('2001', second);
    expect([again.status, again.body.locked.by]).toEqual([202, (await lock('2001')).body.locked.by]);
    expect(await hub.published(topics.decisions)).toEqual(before);
  });

  it('shows each application done once a reading showed it', async () => {
    const desired = (await hub.published(topics.desiredAccess)).filter(({ key }) => key === identityOf('2001')).at(-1);
    const about = { identity: identityOf('2001'), application: 'wiki', desiredSequence: desired?.sequence ?? 0 };
    const disabled = { ...about, kind: 'disable-account', verified: true, inSync: true } as const;
    await hub.publish(resultMessage('hub.provisioning.account.disabled.v1', disabled, 1));
    await eventually(
      async () =>
        (await hub.call('GET', path('2001', 'lockdown'), undefined, security)).body.receipts[0].state === 'done',
    );
  });

  it('holds against HR: neither a change nor a leave and return gives anything back', async () => {
    await hub.stated(
      hrMessage('changed', engineer('2001', { managerId: '2000', jobTitle: 'Lead' }), 2),
      hrMessage('leave-started', engineer('2001', { managerId: '2000' }), 3),
      hrMessage('leave-ended', engineer('2001', { managerId: '2000' }), 4),
      hrMessage('terminated', engineer('2001', { managerId: '2000' }), 5),
      hrMessage('rehired', engineer('2001', { managerId: '2000' }), 6),
    );
    await hub.quiet();
    expect(await accessOf(hub, '2001')).toMatchObject({ status: 'leaver', accounts: [{ active: false }] });
    expect((await hub.call('GET', `/identities/${identityOf('2001')}`)).body.status).toBe('inactive');
    const changed = await hub.call('PUT', '/birthright-rules/all', {
      displayName: 'All',
      filter: 'employeeId pr',
      packages: ['wiki-user'],
    });
    expect(changed.status).toBeLessThan(300);
    await hub.quiet();
    expect((await heldBy('2001')).filter((one: { status: string }) => one.status === 'active')).toEqual([]);
    expect((await hub.call('GET', path('2001', 'access/wiki/explanation'))).body).toMatchObject({
      noAccess: { detail: 'security has locked the person down' },
    });
  });

  it('is released by a second person only; the person has what rules give, and nothing that was asked for', async () => {
    const same = await release('2001', security);
    expect([same.status, same.body.code]).toEqual([403, 'lockdown.second_person_required']);
    const { status, body } = await release('2001');
    expect([status, body.status, body.released.reason]).toEqual([200, 'released', 'New passwords']);
    expect(await accessOf(hub, '2001')).toMatchObject({ status: 'active', accounts: [{ active: true }] });
    const active = (await heldBy('2001')).filter((one: { status: string }) => one.status === 'active');
    expect(active).toMatchObject([{ packageId: 'wiki-user' }]);
    expect((await hub.published(topics.decisions)).filter(({ type }) => type === lockdownReleased)).toHaveLength(1);
    expect((await release('2001')).body.code).toBe('lockdown.not_locked');
  });

  it('of somebody who has left keeps them out when HR hires them again', async () => {
    await team(hub, '2010', '2011');
    await hub.stated(hrMessage('terminated', engineer('2011', { managerId: '2010' }), 2));
    expect((await lock('2011')).status).toBe(202);
    await hub.stated(hrMessage('rehired', engineer('2011', { managerId: '2010' }), 3));
    expect(await accessOf(hub, '2011')).toMatchObject({ status: 'leaver', accounts: [{ active: false }] });
  });

  it('is refused without the role, a reason or a known identity', async () => {
    expect((await lock('2003', { as: 'x', roles: ['policy-admin'] })).status).toBe(403);
    const blank = await hub.call('POST', path('2003', 'lockdown'), { reason: ' ' }, security);
    expect([blank.status, blank.body.errors[0].pointer]).toEqual([400, '/reason']);
    expect((await lock('9999')).status).toBe(404);
    expect((await hub.call('GET', path('2003', 'lockdown'), undefined, security)).status).toBe(404);
    expect((await release('2003')).body.code).toBe('lockdown.not_locked');
  });

  it('keeps the contracts of its messages', () => expectContractsKept(hub));
});
