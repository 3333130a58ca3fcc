import { access } from './access.js';
import { assignmentCreated } from './access-facts.js';
import { noAccess, type Access, type ExceptionChanges } from './access-state.js';
import type { AccessEvent } from './access.events.js';
import { exceptionsNow, exceptionsOfLeaver, findingChanges } from './separation.js';
import { timelyChanges, type Today } from './time.js';

const at = '2026-03-02T09:00:00.000Z';
const nothing: ExceptionChanges = { granted: [], withdrawn: [] };
const exception = {
  exceptionId: 'e1',
  identityId: 'ada',
  rule: 'payments',
  grantedBy: 'olga',
  until: '2026-04-01T00:00:00.000Z',
};
const after = (...facts: readonly AccessEvent[]): Access => facts.reduce(access.evolve, noAccess);
const excepted = after(
  ...exceptionsNow(noAccess, { granted: [{ ...exception, mitigation: 'x' }], withdrawn: [] }, at).facts,
);
const held = (assignmentId: string, packageId: string, since: string) =>
  assignmentCreated(
    { assignmentId, identityId: 'ada', packageId, packageVersion: 1, cause: { type: 'birthright', rule: 'r' }, since },
    [],
    since <= at,
  );

describe('an exception', () => {
  it('lasts until its end, and not at its end', () => {
    expect([...exceptionsNow(excepted, nothing, '2026-03-31T23:59:59.999Z').rules]).toEqual(['payments']);
    const over = exceptionsNow(excepted, nothing, exception.until);
    expect([[...over.rules], [...over.lapsed]]).toEqual([[], ['payments']]);
    expect(over.facts).toMatchObject([{ type: 'SeparationExceptionEnded', data: { code: 'expired' } }]);
  });
  it('ends when it is withdrawn, and with the employment', () => {
    const { lapsed, facts } = exceptionsNow(excepted, { granted: [], withdrawn: ['e1'] }, at);
    expect([[...lapsed], facts]).toMatchObject([['payments'], [{ data: { code: 'withdrawn' } }]]);
    expect(exceptionsOfLeaver(excepted, at)).toMatchObject([{ data: { exceptionId: 'e1', code: 'left' } }]);
    expect(after(...facts, ...facts).exceptions).toEqual([]);
  });
  it('takes nothing with it while another one lasts', () => {
    const next = { ...exception, exceptionId: 'e2', until: '2026-05-01T00:00:00.000Z', mitigation: 'x' };
    const { rules, lapsed } = exceptionsNow(excepted, { granted: [next], withdrawn: [] }, exception.until);
    expect([[...rules], [...lapsed]]).toEqual([['payments'], []]);
  });
  it('takes the later access with it at its end, and leaves the earlier one', () => {
    const state = after(
      held('a1', 'payer', '2026-01-01T00:00:00.000Z'),
      held('a2', 'checker', '2026-02-01T00:00:00.000Z'),
    );
    const both = ['payer', 'checker'];
    const lapsed: Today['lapsed'] = (ids) => (both.every((id) => ids.includes(id)) ? [both] : []);
    const today: Today = {
      at,
      onLeave: false,
      suspends: () => false,
      clashes: () => false,
      retired: () => false,
      returned: () => false,
      lapsed,
    };
    const { revoked } = timelyChanges(state, today, new Set());
    expect(revoked.map(({ assignment, code }) => [assignment.packageId, code])).toEqual([
      ['checker', 'exception_ended'],
    ]);
  });
});

describe('access that begins or is resumed', () => {
  const clashing: Today = {
    at,
    onLeave: false,
    suspends: () => true,
    retired: () => false,
    returned: () => false,
    lapsed: () => [],
    clashes: (id, others) => (id === 'payer' ? [...others].includes('checker') : [...others].includes('payer')),
  };
  it('begins one after the other: of two that start at the same instant the second ends', () => {
    const since = '2026-03-02T08:00:00.000Z';
    const scheduled = (one: AccessEvent): AccessEvent =>
      one.type === 'AssignmentCreated' ? { ...one, data: { ...one.data, scheduled: true } } : one;
    const state = after(scheduled(held('a1', 'payer', since)), scheduled(held('a2', 'checker', since)));
    const { revoked, steps } = timelyChanges(state, clashing, new Set());
    expect(steps.map(({ is, assignment }) => [is, assignment.packageId])).toEqual([['started', 'payer']]);
    expect(revoked.map(({ code, assignment }) => [code, assignment.packageId])).toEqual([['incompatible', 'checker']]);
  });
  it('stays suspended after a leave beside what came to exclude it', () => {
    const state = after(
      held('a1', 'payer', '2026-01-01T00:00:00.000Z'),
      held('a2', 'checker', '2026-02-01T00:00:00.000Z'),
    );
    const [first, second] = state.assignments;
    const away: Access = {
      ...state,
      assignments: [first, second].flatMap((one) =>
        one === undefined ? [] : [{ ...one, phase: 'suspended' as const }],
      ),
    };
    const { revoked, steps } = timelyChanges(away, clashing, new Set());
    expect([revoked, steps.map(({ is, assignment }) => [is, assignment.packageId])]).toEqual([
      [],
      [['resumed', 'payer']],
    ]);
  });
});

describe('a violation', () => {
  const violation = { rule: 'payments', packages: ['checker', 'payer'], dueAt: '2026-04-01T09:00:00.000Z' };
  const given = { at, newId: () => 'f1' };
  const stated = findingChanges('ada', [violation], noAccess, given);
  it('is found once, with a due date', () => {
    expect(stated).toMatchObject([{ data: { findingId: 'f1', status: 'open', foundAt: at, dueAt: violation.dueAt } }]);
    expect(findingChanges('ada', [violation], after(...stated), given)).toEqual([]);
  });
  it('is told again when other packages violate the rule, and is the same finding', () => {
    const more = { ...violation, packages: ['checker', 'clerk', 'payer'], dueAt: '2027-01-01T00:00:00.000Z' };
    const [fact] = findingChanges('ada', [more], after(...stated), { at, newId: () => 'f2' });
    expect(fact?.data).toMatchObject({ findingId: 'f1', packages: more.packages, dueAt: violation.dueAt });
  });
  it('is excepted while an exception lasts, and then open again with time as at first', () => {
    const within = findingChanges('ada', [violation], { ...after(...stated), exceptions: excepted.exceptions }, given);
    expect(within).toMatchObject([{ data: { findingId: 'f1', status: 'excepted' } }]);
    const later = { ...violation, dueAt: '2026-05-01T00:00:00.000Z' };
    const [again] = findingChanges('ada', [later], after(...stated, ...within), given);
    expect(again?.data).toMatchObject({ findingId: 'f1', status: 'open', dueAt: later.dueAt });
  });
  it('is solved when nothing violates the rule any more', () => {
    const [solved] = findingChanges('ada', [], after(...stated), given);
    expect(solved).toMatchObject({ type: 'SeparationFindingSolved', data: { findingId: 'f1', solvedAt: at } });
    expect(after(...stated, ...(solved === undefined ? [] : [solved])).findings).toEqual([]);
  });
});
