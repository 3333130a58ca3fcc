import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { hrMessage, identityOf, resultMessage, type RunningGovernance } from '../governance.fixtures.js';
import {
  accessOf,
  approver,
  desiredSequenceOf,
  engineer,
  expectContractsKept,
  known,
  wikiCompany,
} from '../wiki-company.fixtures.js';

/** 7000 is above 7001, who manages 7002 to 7006. 7009 owns the packages. */
let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
  const managed = (id: string, managerId: string) => hrMessage('hired', engineer(id, { managerId }));
  await hub.stated(
    hrMessage('hired', engineer('7000')),
    managed('7001', '7000'),
    ...['7002', '7003', '7004', '7005', '7006'].map((id) => managed(id, '7001')),
    hrMessage('hired', engineer('7009')),
  );
  await known(hub, '7000', '7001', '7002', '7003', '7004', '7005', '7006', '7009');
  for (const id of ['a', 'b', 'c']) await packageWith(id);
});
afterAll(() => hub.stop());

const packageWith = (id: string, more: object = {}) =>
  hub.call('PUT', `/access-packages/${id}`, {
    displayName: `Package ${id}`,
    grants: [{ application: 'wiki', group: id }],
    owners: [identityOf('7009')],
    ...more,
  });
async function assigned(packageId: string, ...people: string[]): Promise<void> {
  for (const id of some(people)) {
    const { status } = await hub.call('POST', '/assignments', { packageId, identityId: identityOf(id), reason: 'x' });
    expect(status).toBe(201);
  }
}
async function begun(more: object): Promise<string> {
  const { status, body, headers } = await hub.call('POST', '/reviews', { displayName: 'Review', ...more });
  expect([status, body.detail]).toEqual([201, undefined]);
  expect(headers.get('location')).toBe(`/governance/v1/reviews/${body.id}`);
  await eventually(async () => (await reviewOf(body.id)).listed === true);
  return body.id as string;
}
interface Item {
  readonly id: string;
  readonly reviewers: readonly { readonly employeeId: string }[];
}
const reviewOf = async (id: string) => (await hub.call('GET', `/reviews/${id}`)).body;
const itemsOf = async (id: string, as?: string, filter = '') => {
  const query = filter === '' ? '' : `?filter=${encodeURIComponent(filter)}`;
  const more = as === undefined ? {} : { as, ...approver };
  return (await hub.call('GET', `/reviews/${id}/items${query}`, undefined, more)).body.items;
};
const itemOf = async (id: string, holder: string) =>
  some<Item>(await itemsOf(id, undefined, `identityId eq "${identityOf(holder)}"`))[0] as Item;
const answer = (id: string, as: string, decisions: object[], roles = ['approver']) =>
  hub.call('POST', `/reviews/${id}/decisions`, { decisions }, { as, roles });
const groupsOf = async (who: string): Promise<string[]> => (await accessOf(hub, who)).accounts[0].groups;
/** The application has shown that a group no longer lists somebody. */
async function shownGone(who: string, group: string): Promise<void> {
  const desiredSequence = await desiredSequenceOf(hub, who);
  const about = { identity: identityOf(who), application: 'wiki', desiredSequence };
  const gone = { kind: 'remove-member', group, verified: true, inSync: true } as const;
  await hub.publish(resultMessage('hub.provisioning.membership.removed.v1', { ...about, ...gone }, 1));
}
const reviewersOf = async (id: string, holder: string): Promise<string[]> =>
  (await itemOf(id, holder)).reviewers.map(({ employeeId }) => employeeId);

it('reviewers keep, shorten and revoke, each by itself; nobody for themselves; it closes once verified', async () => {
  await assigned('a', '7001', '7002', '7003', '7004');
  const id = await begun({ scope: { packageId: 'a' }, reviewers: ['manager'], onNoResponse: 'revoke' });
  const [own, kept, shortened, revoked] = await Promise.all(
    ['7001', '7002', '7003', '7004'].map((who) => itemOf(id, who)),
  );
  expect(await itemsOf(id, '7000')).toMatchObject([{ id: own?.id, reviewers: [{ employeeId: '7000' }] }]);
  expect(await itemsOf(id, '7001')).toHaveLength(3);
  expect((await hub.call('GET', `/reviews/${id}`, undefined, { as: '7009', ...approver })).status).toBe(404);
  const until = '2026-03-20T00:00:00.000Z';
  const { body } = await answer(id, '7001', [
    { itemId: own?.id, decision: 'keep' },
    { itemId: kept?.id, decision: 'keep', comment: 'Writes daily' },
    { itemId: kept?.id, decision: 'revoke' },
    { itemId: shortened?.id, decision: 'shorten', until: '2026-03-01T00:00:00Z' },
    { itemId: identityOf('7004'), decision: 'keep' },
  ]);
  expect(body).toMatchObject({ decided: 1, refused: 4 });
  expect(body.results.map(({ code }: { code: string }) => code)).toEqual([
    'review_item.own_access',
    null,
    'review_item.not_open',
    'assignment.end_refused',
    'not_found',
  ]);
  expect((await answer(id, '7001', [{ itemId: shortened?.id, decision: 'shorten', until }])).body.decided).toBe(1);
  expect(await itemOf(id, '7003')).toMatchObject({ decision: 'shorten', until, assignment: { until } });
  expect((await answer(id, '7000', [{ itemId: own?.id, decision: 'keep' }])).body.decided).toBe(1);
  expect(await reviewOf(id)).toMatchObject({ status: 'open', items: { total: 4, open: 1, kept: 2, shortened: 1 } });
  await answer(id, '7001', [{ itemId: revoked?.id, decision: 'revoke', comment: 'Has moved' }]);
  expect(await groupsOf('7004')).not.toContain('a');
  await eventually(async () => (await reviewOf(id)).status === 'closing');
  expect(await itemOf(id, '7004')).toMatchObject({
    assignment: { status: 'revoked', code: 'revoked_by_review', reason: 'Has moved' },
    verified: null,
  });
  expect((await answer(id, '7001', [{ itemId: revoked?.id, decision: 'keep' }])).body.code).toBe('review.not_open');
  const look = (item: { id: string } | undefined, roles = ['policy-admin']) =>
    hub.call('POST', `/reviews/${id}/items/${item?.id}/confirm-removal`, { comment: 'Looked' }, { as: 'admin', roles });
  expect((await look(kept)).body.code).toBe('review_item.not_revoked');
  expect((await look(revoked)).body).toMatchObject({ verified: { comment: 'Looked' } });
  hub.clock.set('2026-03-02T09:20:00.000Z');
  await eventually(async () => (await reviewOf(id)).status === 'closed');
  expect((await reviewOf(id)).items).toMatchObject({ open: 0, unverified: 0, revoked: 1 });
});

it('no answer means what the policy of the package says, and access that ended meanwhile lapses', async () => {
  await packageWith('b', { review: { reviewers: ['owner'], onNoResponse: 'keep' } });
  await assigned('b', '7002', '7003');
  await assigned('c', '7002', '7009');
  expect(
    (await hub.call('POST', '/reviews', { displayName: 'x', scope: { application: 'wiki' } })).body.errors,
  ).toEqual([{ pointer: '/onNoResponse', detail: expect.stringContaining('does not say what no answer means') }]);
  await packageWith('c', { review: { reviewers: ['owner'], onNoResponse: 'revoke' } });
  const id = await begun({ scope: { packageId: 'b' } });
  const other = await begun({ scope: { packageId: 'c' }, dueAt: '2026-03-09T09:00:00Z' });
  // The owner of the package holds it too: somebody else decides on that.
  expect(await itemOf(other, '7009')).toMatchObject({ reviewers: [], instead: expect.arrayContaining([]) });
  expect(await reviewOf(other)).toMatchObject({ items: { withoutReviewer: 1 } });
  const held = await hub.call('GET', `/assignments?filter=packageId eq "b" and identityId eq "${identityOf('7003')}"`);
  await hub.call('POST', `/assignments/${held.body.items[0].id}/revoke`, { reason: 'Otherwise' });
  hub.clock.set('2026-03-16T10:00:00.000Z');
  await eventually(async () => (await reviewOf(id)).status === 'closed');
  expect((await reviewOf(id)).items).toMatchObject({ total: 2, kept: 1, lapsed: 1, revoked: 0 });
  await eventually(async () => (await reviewOf(other)).items.revoked === 2);
  expect([await groupsOf('7002'), await groupsOf('7009')]).toEqual([['a', 'b'], []]);
  expect(await reviewOf(other)).toMatchObject({ status: 'closing', items: { unverified: 2 } });
  for (const who of ['7002', '7009']) await shownGone(who, 'c');
  await eventually(async () =>
    (await itemsOf(other)).every(
      ({ assignment }: { assignment: { removal: string } }) => assignment.removal === 'done',
    ),
  );
  hub.clock.set('2026-03-16T10:20:00.000Z');
  await eventually(async () => (await reviewOf(other)).status === 'closed');
  expect(await itemOf(other, '7002')).toMatchObject({ decidedBy: null, verified: { by: null } });
});

it('a reviewer who leaves is replaced, and whom an administrator names decides', async () => {
  await packageWith('d', { review: { reviewers: ['user:' + identityOf('7005')], onNoResponse: 'keep' } });
  await assigned('d', '7002', '7003', '7005');
  const id = await begun({ scope: { packageId: 'd' } });
  expect(await itemsOf(id, '7005')).toHaveLength(2);
  expect((await reviewersOf(id, '7005')).sort()).toEqual(['7000', '7001', '7009']);
  const named = await itemOf(id, '7003');
  const reassign = (reviewerId: string) =>
    hub.call('POST', `/reviews/${id}/items/${named?.id}/reassign`, { reviewerId });
  expect((await reassign(identityOf('7003'))).body.errors).toMatchObject([{ pointer: '/reviewerId' }]);
  expect((await reassign(identityOf('7006'))).body).toMatchObject({ reviewers: [{ employeeId: '7006' }] });
  await hub.stated(hrMessage('terminated', engineer('7005', { managerId: '7001', terminationDate: '2026-03-15' }), 2));
  await eventually(async () => !(await reviewersOf(id, '7002')).includes('7005'));
  expect((await reviewersOf(id, '7002')).sort()).toEqual(['7000', '7001', '7009']);
  expect(await itemOf(id, '7003')).toMatchObject({ reviewers: [{ employeeId: '7006' }] });
});

it('a file goes out and comes back with the answers; a bad row stops no other', async () => {
  await packageWith('e');
  await assigned('e', '7002', '7003', '7004');
  const id = await begun({ scope: { packageId: 'e' }, reviewers: ['owner'], onNoResponse: 'keep' });
  const owner = { as: '7009', ...approver };
  const file = (await hub.call('GET', `/reviews/${id}/items.csv`, undefined, owner)).text;
  const lines = file.trim().split('\r\n');
  expect(lines).toHaveLength(4);
  const decided = lines.map((line) => {
    if (line.includes(',7002,')) return line.replace(',open,,,,', ',open,revoke,,"Has moved, away",');
    return line.includes(',7003,') ? line.replace(',open,,,,', ',open,perhaps,,,') : line;
  });
  const { status, body } = await hub.call('POST', `/reviews/${id}/decisions.csv`, decided.join('\r\n'), owner);
  expect([status, body]).toMatchObject([200, { decided: 1, refused: 1, lapsed: 0 }]);
  expect(body.results).toMatchObject([
    { line: 1 + lines.slice(1).findIndex((line) => line.includes(',7003,')) + 1, code: 'invalid_input' },
    { result: 'decided' },
  ]);
  expect(await itemOf(id, '7002')).toMatchObject({ decision: 'revoke', comment: 'Has moved, away' });
  expect((await hub.call('POST', `/reviews/${id}/decisions.csv`, {}, owner)).status).toBe(415);
  expect((await hub.call('POST', `/reviews/${id}/decisions.csv`, 'x', owner)).body.errors).toMatchObject([
    { detail: expect.stringContaining('no column itemId') },
    {},
  ]);
});

it('what a rule gives is reviewed where the review says so; revoking it excludes the person', async () => {
  const scope = { packageId: 'wiki-user', birthrights: true };
  const id = await begun({ scope, reviewers: [`user:${identityOf('7000')}`], onNoResponse: 'keep' });
  expect(await reviewOf(id)).toMatchObject({ scope: { packageId: 'wiki-user', birthrights: true } });
  const [item, other] = await Promise.all(['7002', '7003'].map((who) => itemOf(id, who)));
  const { body } = await answer(id, '7000', [
    { itemId: other?.id, decision: 'shorten', until: '2026-12-01T00:00:00Z' },
    { itemId: item?.id, decision: 'revoke', comment: 'Works without it' },
  ]);
  expect(body.results).toMatchObject([{ code: 'assignment.given_by_rule' }, { result: 'decided' }]);
  const filter = encodeURIComponent(`identityId eq "${identityOf('7002')}"`);
  const { items } = (await hub.call('GET', `/birthright-exclusions?filter=${filter}`)).body;
  expect(items).toMatchObject([{ package: { id: 'wiki-user' }, reason: 'Works without it' }]);
  await hub.call('POST', `/birthright-exclusions/${items[0].id}/end`);
  await hub.call('POST', `/reviews/${id}/cancel`, { reason: 'Done' });
});

it('reviews are refused where they cannot be', async () => {
  const start = async (more: object) => {
    const { status, body } = await hub.call('POST', '/reviews', {
      displayName: 'x',
      scope: { packageId: 'a' },
      onNoResponse: 'keep',
      ...more,
    });
    return [status, body.errors?.[0]?.pointer ?? body.code];
  };
  expect(await start({ scope: {} })).toEqual([400, '/scope']);
  expect(await start({ scope: { packageId: 'a', application: 'wiki' } })).toEqual([400, '/scope']);
  expect(await start({ scope: { asFound: true, birthrights: true } })).toEqual([400, '/scope']);
  expect(await start({ scope: { packageId: 'none' } })).toEqual([400, '/scope/packageId']);
  expect(await start({ scope: { application: 'none' } })).toEqual([400, '/scope/application']);
  expect(await start({ reviewers: ['nobody'] })).toEqual([400, '/reviewers']);
  expect(await start({ reviewers: ['package:none'] })).toEqual([400, '/reviewers/0']);
  expect(await start({ reviewers: [`user:${identityOf('nobody')}`] })).toEqual([400, '/reviewers/0']);
  expect(await start({ dueAt: '2026-03-01T00:00:00Z' })).toEqual([400, '/dueAt']);
  expect(await start({ scope: { packageId: 'wiki-editor' } })).toEqual([409, 'review.nothing_to_review']);
  expect(await start({ scope: { asFound: true } })).toEqual([409, 'review.nothing_to_review']);
  const short = await packageWith('a', { review: { every: 'PT1H', reviewers: ['owner'], onNoResponse: 'keep' } });
  expect(short.body.errors).toMatchObject([{ pointer: '/review/every' }]);
});

it('a package is reviewed as often as it says', async () => {
  await packageWith('f', { review: { every: 'P90D', reviewers: ['owner'], onNoResponse: 'keep' } });
  await assigned('f', '7002');
  hub.clock.set(new Date(Date.parse(hub.clock.now()) + 90 * 86_400_000).toISOString());
  const begunByItself = async () =>
    (await hub.call('GET', '/reviews')).body.items.filter(
      (one: { scope: { packageId: string } }) => one.scope.packageId === 'f',
    );
  await eventually(async () => (await begunByItself())[0]?.items.total === 1);
  const [review] = await begunByItself();
  expect(review).toMatchObject({ status: 'open', displayName: expect.stringContaining('Package f, 2026-0') });
  const cancelled = await hub.call('POST', `/reviews/${review.id}/cancel`, { reason: 'Not now' });
  expect(cancelled.body).toMatchObject({ status: 'cancelled', cancelledReason: 'Not now' });
  await eventually(async () => (await reviewOf(review.id)).items.lapsed === 1);
  expect(await groupsOf('7002')).toContain('f');
  await expectContractsKept(hub);
});
