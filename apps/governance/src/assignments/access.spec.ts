import type { AccessEvent, AssignmentTerms, Carried } from './access.events.js';
import { access, endAll, holds, revoke as revokeAs } from './access.js';
import { deriveBirthrights } from './birthright.js';
import { assignmentCreated as created, assignmentRevoked, carriedAgain } from './access-facts.js';
import { noChanges, type Access } from './access-state.js';
import { takeAnswer, type ApplicationAnswer } from './application-answers.js';
import { deliveryOf } from './delivery.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const at = '2026-03-02T09:00:00.000Z';
const terms = (id: string, packageId: string, cause: AssignmentTerms['cause']): AssignmentTerms => ({
  assignmentId: id,
  identityId,
  packageId,
  packageVersion: 1,
  cause,
  since: at,
});
const assignmentCreated = (assignment: AssignmentTerms, applications: readonly Carried[]) =>
  created(assignment, applications, true);
const revoke = (id: string, reason: string, state: Access) =>
  revokeAs(id, { code: 'revoked_by_administrator', reason, exclusion }, state);
const exclusion = { exclusionId: 'x1', excludedBy: 'admin', until: '2026-06-01T00:00:00.000Z' };
const byRule = (id: string, packageId: string, rule = 'r1') => terms(id, packageId, { type: 'birthright', rule });
const byRequest = (id: string, packageId: string) =>
  terms(id, packageId, { type: 'request', request: 'q', approvers: [] });
const carried = (application: string, sequence: number | null, delivery: Carried['delivery'] = 'pending'): Carried => ({
  application,
  epoch: sequence === null ? null : 1,
  sequence,
  delivery,
});
const after = (...events: readonly AccessEvent[]): Access => events.reduce(access.evolve, access.initial);
const wants = (packageId: string, rule = 'r1') => ({ packageId, packageVersion: 3, rule });
const given = () => {
  let n = 0;
  return { newId: () => `new${(n += 1)}`, at, clashes: () => false, excluded: () => false, graceUntil: () => null };
};

describe('birthright', () => {
  it('gives what rules say and is not held, once', () => {
    const { created, revoked } = deriveBirthrights(
      identityId,
      [wants('a'), wants('a', 'r2'), wants('b')],
      given(),
      after(),
    );
    expect(created).toEqual([
      { ...byRule('new1', 'a'), packageVersion: 3 },
      { ...byRule('new2', 'b'), packageVersion: 3 },
    ]);
    expect(revoked).toEqual([]);
  });
  it('takes what no rule gives any more, and leaves alone what was requested', () => {
    const state = after(assignmentCreated(byRule('1', 'a'), []), assignmentCreated(byRequest('2', 'b'), []));
    const { created, revoked } = deriveBirthrights(identityId, [], given(), state);
    expect([created, revoked]).toMatchObject([
      [],
      [{ assignment: { assignmentId: '1' }, code: 'rule_no_longer_matches' }],
    ]);
  });
  it('is withheld while an incompatible package is held, and given once it is not', () => {
    const clashes = (packageId: string, others: Iterable<string>) => packageId === 'a' && [...others].includes('b');
    const state = after(assignmentCreated(byRequest('1', 'b'), []));
    const around = { ...given(), clashes };
    expect(deriveBirthrights(identityId, [wants('a')], around, state).created).toEqual([]);
    expect(deriveBirthrights(identityId, [wants('a')], around, state, new Set(['1'])).created).toHaveLength(1);
  });
  it('takes nothing away that was held before the packages became incompatible', () => {
    const around = { ...given(), clashes: () => true };
    const state = after(assignmentCreated(byRule('1', 'a'), []), assignmentCreated(byRequest('2', 'b'), []));
    expect(deriveBirthrights(identityId, [wants('a')], around, state)).toEqual(noChanges);
  });
  it('does nothing twice', () => {
    const state = after(assignmentCreated(byRule('1', 'a'), []));
    expect(deriveBirthrights(identityId, [wants('a')], given(), state)).toEqual(noChanges);
  });
  it('waits while the package is held by request, and gives it when that ends', () => {
    const state = after(assignmentCreated(byRequest('1', 'a'), []));
    expect(deriveBirthrights(identityId, [wants('a')], given(), state).created).toEqual([]);
    expect(deriveBirthrights(identityId, [wants('a')], given(), state, new Set(['1'])).created).toMatchObject([
      { packageId: 'a' },
    ]);
  });
  it('says so when another rule gives the package now', () => {
    const state = after(assignmentCreated(byRule('1', 'a', 'r1'), []));
    expect(deriveBirthrights(identityId, [wants('a', 'r2')], given(), state)).toMatchObject({
      created: [{ cause: { rule: 'r2' } }],
      revoked: [{ assignment: { assignmentId: '1' } }],
    });
  });
});

describe('ending', () => {
  const state = after(assignmentCreated(byRule('1', 'a'), []), assignmentCreated(byRequest('2', 'b'), []));
  it('of everything comes with leaving', () => {
    const { revoked } = endAll('left', state);
    expect(revoked.map(({ code }) => code)).toEqual(['left', 'left']);
    expect(
      after(
        ...[
          assignmentCreated(byRule('1', 'a'), []),
          ...endAll('left', after(assignmentCreated(byRule('1', 'a'), []))).revoked.map((one) =>
            assignmentRevoked(one, at, []),
          ),
        ],
      ).assignments,
    ).toEqual([]);
  });
  it('by an administrator needs an assignment that is held', () => {
    expect(revoke('2', 'over', state)).toMatchObject({
      revoked: [{ code: 'revoked_by_administrator', reason: 'over' }],
    });
    expect(revoke('2', 'over', state).exclusions).toBeUndefined();
    expect(() => revoke('9', 'over', state)).toThrow(expect.objectContaining({ code: 'assignment.not_active' }));
  });
  it('of what a rule gives is an exclusion, with the reason and an end', () => {
    const { revoked, exclusions } = revoke('1', 'an inquiry', state);
    expect(revoked).toMatchObject([{ assignment: { assignmentId: '1' }, reason: 'an inquiry' }]);
    expect(exclusions?.made).toEqual([{ ...exclusion, identityId, packageId: 'a', reason: 'an inquiry' }]);
  });
  it('keeps the reason personal', () => {
    const [one] = revoke('2', 'was rude', state).revoked;
    if (one === undefined) throw new Error('nothing revoked');
    const fact = assignmentRevoked(one, at, []);
    expect(JSON.stringify(fact.data)).not.toContain('rude');
    expect(fact.personal.reason).toEqual({ subject: identityId, fields: { reason: 'was rude' } });
  });
  it('is holding no more', () => {
    expect([holds('a', state), holds('c', state)]).toEqual([true, false]);
  });
});

describe('delivery', () => {
  const answer = (more: Partial<ApplicationAnswer> = {}): ApplicationAnswer => ({
    application: 'wiki',
    epoch: 1,
    sequence: 5,
    outcome: 'delivered',
    because: null,
    ...more,
  });
  const waiting = after(assignmentCreated(byRequest('1', 'a'), [carried('wiki', 5)]));
  const next = (state: Access, ...answers: readonly ApplicationAnswer[]): Access =>
    answers.reduce((now, one) => takeAnswer(one, now).reduce(access.evolve, now), state);
  const word = (state: Access) => deliveryOf(state.assignments[0]?.applications ?? []);

  it('waits for the desired access that carries it, or a later one', () => {
    expect(takeAnswer(answer({ sequence: 4 }), waiting)).toEqual([]);
    expect(word(next(waiting, answer()))).toBe('delivered');
    expect(word(next(waiting, answer({ sequence: 9 })))).toBe('delivered');
    expect(word(next(waiting, answer({ epoch: 2, sequence: 1 })))).toBe('delivered');
    expect(takeAnswer(answer({ epoch: 0, sequence: 99 }), waiting)).toEqual([]);
  });
  it('twice says it once', () => {
    expect(takeAnswer(answer(), next(waiting, answer()))).toEqual([]);
    expect(takeAnswer(answer({ outcome: 'delivering' }), next(waiting, answer()))).toEqual([]);
  });

  it('is lost again when the scope of the connector leaves the person out, and comes back with it', () => {
    const out = answer({ outcome: 'failed', isWithdrawn: true });
    const delivery = (...answers: ApplicationAnswer[]) =>
      next(waiting, ...answers).assignments[0]?.applications.map((one) => one.delivery);
    expect(delivery(answer(), out)).toEqual(['failed']);
    expect(delivery(answer(), answer({ outcome: 'failed' }))).toEqual(['delivered']);
    expect(delivery(answer(), out, answer())).toEqual(['delivered']);
  });
  it('concerns those an operation serves', () => {
    expect(takeAnswer(answer({ outcome: 'failed', because: ['2'] }), waiting)).toEqual([]);
    expect(word(next(waiting, answer({ outcome: 'delivering', because: ['1'] })))).toBe('delivering');
    expect(word(next(waiting, answer({ outcome: 'failed', because: ['1'] })))).toBe('failed');
    expect(word(next(waiting, answer({ outcome: 'failed', because: ['1'] }), answer()))).toBe('delivered');
  });
  it('is done only when every application is', () => {
    const two = after(assignmentCreated(byRequest('1', 'a'), [carried('wiki', 5), carried('crm', 2)]));
    const half = next(two, answer());
    expect(word(half)).toBe('delivering');
    expect(word(next(half, answer({ application: 'crm', outcome: 'failed', because: ['1'] })))).toBe('partial');
    expect(word(next(half, answer({ application: 'crm' })))).toBe('delivered');
  });
  it('does not begin while nothing carries it', () => {
    const stuck = after(assignmentCreated(byRequest('1', 'a'), [carried('wiki', null)]));
    expect(takeAnswer(answer(), stuck)).toEqual([]);
    expect(word(stuck)).toBe('pending');
  });
  it('begins again when more of it is carried', () => {
    const done = next(waiting, answer());
    const [held] = done.assignments;
    if (held === undefined) throw new Error('nothing held');
    const again = access.evolve(done, carriedAgain(held, carried('wiki', 7)));
    expect(word(again)).toBe('pending');
    expect(takeAnswer(answer({ sequence: 6 }), again)).toEqual([]);
    expect(word(next(again, answer({ sequence: 7 })))).toBe('delivered');
  });
});
