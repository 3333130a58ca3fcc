import { describe, expect, it } from '@jest/globals';
import { revoke } from '../assignments/access.js';
import { noChanges } from '../assignments/access-state.js';
import { decideOnKept } from '../movers/keep.js';
import type { CatalogEntry } from '../policy/policy.exports.js';
import { afterDays, GivenPerson, moverRule, packageNamed, ruleNamed } from './given-person.fixtures.js';

const engineers = ruleNamed('engineers', 'department eq "Engineering"', ['base']);
const types = (facts: readonly { readonly type: string }[]) => facts.map(({ type }) => type);

describe('a birthright that somebody revokes', () => {
  const excluded = (until: string) => {
    const ada = GivenPerson.under(packageNamed('base'), engineers);
    const { assignmentId } = ada.assignmentOf('base');
    const exclusion = { exclusionId: 'x', excludedBy: 'admin', until };
    const revoking = { code: 'revoked_by_administrator' as const, reason: 'an inquiry', exclusion };
    ada.asked(revoke(assignmentId, revoking, ada.access));
    return ada;
  };

  it('is an exclusion with reason and end, so that the next recompute does not grant it again', () => {
    const ada = excluded(afterDays(30));
    expect([ada.packages, ada.access.exclusions]).toMatchObject([[], [{ packageId: 'base', until: afterDays(30) }]]);
    expect(types(ada.on(29))).toEqual([]);
    expect(types(ada.stated({ jobTitle: 'Lead' }))).toEqual([]);
  });
  it('is given again when the exclusion ends', () => {
    const ada = excluded(afterDays(30));
    expect(types(ada.on(30))).toEqual(expect.arrayContaining(['BirthrightExclusionEnded', 'AssignmentCreated']));
    expect([ada.packages, ada.access.exclusions]).toEqual([['base'], []]);
  });
  it('is given again at once when somebody ends the exclusion early', () => {
    const ada = excluded(afterDays(30));
    ada.asked({ ...noChanges, exclusions: { made: [], ended: ['x'] } });
    expect(ada.packages).toEqual(['base']);
  });
  it('stays excluded after leaving and hiring again', () => {
    const ada = excluded(afterDays(30));
    ada.stated({}, 'inactive');
    ada.stated({ hireDate: '2026-03-05' }, 'active');
    expect(ada.packages).toEqual([]);
  });
});

describe('losing the match of a rule', () => {
  const grace = ruleNamed('engineers', 'department eq "Engineering"', ['base'], 10);

  it('ends what the rule gave at once, without a grace', () => {
    const ada = GivenPerson.under(packageNamed('base'), engineers);
    expect(ada.stated({ department: 'Sales' })).toMatchObject([{ data: { code: 'rule_no_longer_matches' } }]);
  });
  it('ends it after the grace of the rule', () => {
    const ada = GivenPerson.under(packageNamed('base'), grace);
    expect(types(ada.stated({ department: 'Sales' }))).toEqual(['AssignmentGraceStarted']);
    expect([types(ada.on(9)), ada.packages]).toEqual([[], ['base']]);
    expect(ada.on(10)).toMatchObject([{ type: 'AssignmentRevoked', data: { code: 'rule_no_longer_matches' } }]);
  });
  it('loses nothing for who matches again within the grace', () => {
    const ada = GivenPerson.under(packageNamed('base'), grace);
    ada.stated({ department: 'Sales' });
    expect(types(ada.stated({ department: 'Engineering' }))).toEqual(['AssignmentKept']);
    expect([types(ada.on(20)), ada.packages]).toEqual([[], ['base']]);
  });
  it('has the same grace where the rule has changed, and none for a package that the rule lists no more', () => {
    const ada = GivenPerson.under(packageNamed('base'), grace);
    expect(types(ada.defined(ruleNamed('engineers', 'department eq "Sales"', ['base'], 10)))).toEqual([
      'AssignmentGraceStarted',
    ]);
    const ben = GivenPerson.under(packageNamed('base'), grace);
    expect(types(ben.defined(ruleNamed('engineers', 'department eq "Engineering"', [], 10)))).toEqual([
      'AssignmentRevoked',
    ]);
  });
  it('has no grace for who leaves', () => {
    const ada = GivenPerson.under(packageNamed('base'), grace);
    ada.stated({ department: 'Sales' });
    expect(ada.stated({}, 'inactive')).toMatchObject([{ type: 'AssignmentRevoked', data: { code: 'left' } }]);
  });
});

describe('a birthright that would break a prevent rule', () => {
  const both = [packageNamed('base', { incompatibleWith: ['guest'] }), packageNamed('guest')];

  it('is withheld and says why, until nothing prevents it', () => {
    const ada = GivenPerson.under(...both);
    ada.requested('guest', afterDays(5));
    ada.defined(engineers);
    expect(ada.access.withheld).toMatchObject([
      { packageId: 'base', rule: 'engineers', because: [{ rule: 'package:base' }] },
    ]);
    ada.on(5);
    expect([ada.packages, ada.access.withheld]).toEqual([['base'], []]);
  });
});

describe('losing eligibility', () => {
  const only = { eligibility: 'department eq "Engineering"' };

  it('ends access at once, after the grace of the package, or not at all, as it says', () => {
    const ada = GivenPerson.under(
      packageNamed('now', { ...only, eligibilityLost: 'end' }),
      packageNamed('later', { ...only, graceDays: 7 }),
      packageNamed('never', { ...only, eligibilityLost: 'keep' }),
      packageNamed('silent', only),
    );
    for (const id of ['now', 'later', 'never', 'silent']) ada.requested(id);
    ada.stated({ department: 'Sales' });
    expect(ada.packages).toEqual(['later', 'never', 'silent']);
    expect(ada.on(7)).toMatchObject([{ data: { code: 'not_eligible', assignment: { packageId: 'later' } } }]);
  });
  it('takes nothing from people who were not eligible before, where the package says nothing of it', () => {
    const ada = GivenPerson.under(packageNamed('silent'));
    ada.requested('silent');
    ada.defined(packageNamed('silent', { eligibility: 'department eq "Sales"' }));
    expect([types(ada.on(30)), ada.packages]).toEqual([[], ['silent']]);
  });
  it('starts a fresh approval, and no answer ends the access', () => {
    const ada = GivenPerson.under(packageNamed('again', { ...only, eligibilityLost: 'approve-again' }));
    ada.requested('again');
    ada.stated({ department: 'Sales' });
    expect(ada.assignmentOf('again').grace).toEqual({
      code: 'not_eligible',
      decides: 'manager',
      until: afterDays(14),
    });
    ada.on(14);
    expect(ada.packages).toEqual([]);
  });
  it('is decided once: what the manager keeps is put to nobody again until eligibility comes and goes', () => {
    const ada = GivenPerson.under(packageNamed('again', { ...only, eligibilityLost: 'approve-again' }));
    ada.requested('again');
    ada.stated({ department: 'Sales' });
    const { assignmentId } = ada.assignmentOf('again');
    ada.asked(decideOnKept(assignmentId, { decision: 'keep', until: null, reason: 'needed' }, ada.access));
    expect([types(ada.on(30)), ada.packages]).toEqual([[], ['again']]);
    ada.stated({ department: 'Engineering' });
    expect(types(ada.stated({ department: 'Sales' }))).toEqual(['AssignmentGraceStarted']);
  });
  it('leaves what rules give to the rules', () => {
    const ada = GivenPerson.under(packageNamed('base', { eligibility: 'department eq "Sales"' }), engineers);
    expect([types(ada.on(1)), ada.packages]).toEqual([[], ['base']]);
  });
});

describe('a mover', () => {
  const rename = { attribute: 'department', from: 'Engineering', to: 'Technology' } as const;
  const review = moverRule({ requestedAccess: 'review', days: 10 });
  const withRequested = (...entries: readonly CatalogEntry[]) => {
    const ada = GivenPerson.under(packageNamed('asked'), ...entries);
    ada.requested('asked');
    return ada;
  };
  const answer = (ada: GivenPerson, word: Parameters<typeof decideOnKept>[1]) =>
    ada.asked(decideOnKept(ada.assignmentOf('asked').assignmentId, word, ada.access));

  it('keeps requested access where no rule for movers says otherwise', () => {
    const ada = withRequested();
    expect([types(ada.stated({ department: 'Sales' })), ada.packages]).toEqual([[], ['asked']]);
  });
  it('is nobody who only has another manager', () => {
    const ada = withRequested(review);
    expect(types(ada.managedBy('somebody else'))).toEqual([]);
  });
  it('is nobody whose department has a new name, and whose new name has a newer one', () => {
    const renames = [rename, { ...rename, from: 'Technology', to: 'Product' }];
    const ada = withRequested(moverRule({ requestedAccess: 'review', days: 10, renames }));
    expect(types(ada.stated({ department: 'Technology' }))).toEqual([]);
    expect(types(ada.stated({ department: 'Product' }))).toEqual([]);
    expect(types(ada.stated({ department: 'Sales' }))).toEqual(['AssignmentGraceStarted']);
  });
  it.each(['jobTitle', 'location', 'department'] as const)('is who has another %s', (attribute) => {
    const ada = withRequested(review);
    expect(types(ada.stated({ [attribute]: 'Other' }))).toEqual(['AssignmentGraceStarted']);
  });
  it('keeps what the new manager keeps', () => {
    const ada = withRequested(review);
    ada.stated({ department: 'Sales' });
    answer(ada, { decision: 'keep', until: null, reason: 'needed' });
    expect([types(ada.on(30)), ada.packages]).toEqual([[], ['asked']]);
  });
  it('keeps for a time what the new manager shortens', () => {
    const ada = withRequested(review);
    ada.stated({ department: 'Sales' });
    answer(ada, { decision: 'shorten', until: afterDays(20), reason: 'handover' });
    expect([ada.assignmentOf('asked').until, ada.assignmentOf('asked').grace]).toEqual([afterDays(20), null]);
    expect(ada.on(20)).toMatchObject([{ data: { code: 'expired' } }]);
  });
  it('loses what the new manager drops', () => {
    const ada = withRequested(review);
    ada.stated({ department: 'Sales' });
    expect(answer(ada, { decision: 'drop', until: null, reason: 'no' })).toMatchObject([
      { data: { code: 'dropped_by_manager' } },
    ]);
  });
  it('loses what nobody answers for', () => {
    const ada = withRequested(review);
    ada.stated({ department: 'Sales' });
    expect(ada.on(10)).toMatchObject([{ data: { code: 'moved' } }]);
  });
  it('loses requested access after the handover, where the rule ends it', () => {
    const ada = withRequested(moverRule({ requestedAccess: 'end', days: 5 }));
    ada.stated({ department: 'Sales' });
    expect([types(ada.on(4)), ada.packages]).toEqual([[], ['asked']]);
    expect(ada.on(5)).toMatchObject([{ data: { code: 'moved' } }]);
  });
  it('loses it at once where the handover has no days', () => {
    const ada = withRequested(moverRule({ requestedAccess: 'end', days: 0 }));
    expect(ada.stated({ department: 'Sales' })).toMatchObject([{ data: { code: 'moved' } }]);
  });
  it('is not given meanwhile what separation of duties forbids beside the old access', () => {
    const sales = ruleNamed('sales', 'department eq "Sales"', ['new']);
    const ada = withRequested(packageNamed('new', { incompatibleWith: ['asked'] }), sales, review);
    ada.stated({ department: 'Sales' });
    expect([ada.packages, ada.access.withheld]).toMatchObject([['asked'], [{ packageId: 'new' }]]);
    ada.on(10);
    expect([ada.packages, ada.access.withheld]).toEqual([['new'], []]);
  });
  it('is reviewed also where the leave begins with the move, and nothing is lost then', () => {
    const ada = GivenPerson.under(packageNamed('asked', { suspendOnLeave: true }), review);
    ada.requested('asked');
    expect(types(ada.stated({ department: 'Sales' }, 'on-leave')).sort()).toEqual([
      'AssignmentGraceStarted',
      'AssignmentSuspended',
    ]);
    ada.stated({}, 'active');
    expect([ada.packages, ada.assignmentOf('asked').grace?.code]).toEqual([['asked'], 'moved']);
  });
  it('who leaves with the move leaves, and who comes back has the review still', () => {
    const ada = withRequested(review);
    ada.stated({ department: 'Sales' });
    ada.stated({}, 'inactive');
    expect(ada.packages).toEqual([]);
    ada.stated({}, 'active');
    expect([ada.packages, ada.assignmentOf('asked').grace?.until]).toEqual([['asked'], afterDays(10)]);
  });
});

describe('coming back', () => {
  it('after a termination that was taken back, restores exactly what was taken', () => {
    const ada = GivenPerson.under(packageNamed('asked'), packageNamed('base'), engineers);
    ada.requested('asked', afterDays(30));
    ada.stated({}, 'inactive');
    ada.on(1);
    ada.stated({}, 'active');
    expect(ada.packages).toEqual(['asked', 'base']);
    expect(ada.assignmentOf('asked')).toMatchObject({ until: afterDays(30), cause: { type: 'request', request: 'q' } });
    expect(ada.access.taken).toEqual([]);
  });
  it('restores nothing whose end is past, or that the rules of today forbid', () => {
    const ada = GivenPerson.under(
      packageNamed('short'),
      packageNamed('engineer', { eligibility: 'department eq "Engineering"' }),
      packageNamed('retired'),
      packageNamed('payer'),
    );
    ada.requested('short', afterDays(2));
    for (const id of ['engineer', 'retired', 'payer']) ada.requested(id);
    ada.stated({}, 'inactive');
    ada.defined(
      packageNamed('retired', { status: 'retired' }),
      packageNamed('approver', { incompatibleWith: ['payer'] }),
      ruleNamed('sales', 'department eq "Sales"', ['approver']),
    );
    ada.on(3);
    ada.stated({ department: 'Sales' }, 'active');
    expect(ada.packages).toEqual(['payer']);
    expect(ada.access.withheld).toMatchObject([{ packageId: 'approver' }]);
  });
  it('restores exceptions with the end that they had, and what they allow', () => {
    const ada = GivenPerson.under(packageNamed('payer', { incompatibleWith: ['approver'] }), packageNamed('approver'));
    const exception = { exceptionId: 'e', identityId: ada.id, rule: 'package:payer', grantedBy: 'g' };
    const granted = [{ ...exception, until: afterDays(10), mitigation: 'Four eyes' }];
    ada.asked({ ...noChanges, exceptions: { granted, withdrawn: [] } });
    for (const id of ['payer', 'approver']) ada.requested(id);
    ada.stated({}, 'inactive');
    expect([ada.packages, ada.access.exceptions]).toEqual([[], []]);
    ada.on(1);
    expect(types(ada.stated({}, 'active'))).toContain('SeparationExceptionRestored');
    expect(ada.packages).toEqual(['approver', 'payer']);
    expect(ada.access.exceptions).toEqual([{ ...exception, until: afterDays(10) }]);
    expect(ada.on(10)).toMatchObject([{ data: { code: 'exception_ended' } }, {}, {}]);
  });
  it('restores no exception whose end is past, nor one of somebody hired again', () => {
    for (const [day, hireDate] of [
      [10, '2026-01-01'],
      [1, '2026-06-01'],
    ] as const) {
      const ada = GivenPerson.under(
        packageNamed('payer', { incompatibleWith: ['approver'] }),
        packageNamed('approver'),
      );
      const exception = { exceptionId: 'e', identityId: ada.id, rule: 'package:payer', grantedBy: 'g' };
      const granted = [{ ...exception, until: afterDays(10), mitigation: 'Four eyes' }];
      ada.asked({ ...noChanges, exceptions: { granted, withdrawn: [] } });
      for (const id of ['payer', 'approver']) ada.requested(id);
      ada.stated({}, 'inactive');
      ada.on(day);
      ada.stated({ hireDate }, 'active');
      expect([ada.packages.length < 2, ada.access.exceptions]).toEqual([true, []]);
      ada.stated({}, 'inactive');
      ada.stated({}, 'active');
      expect(ada.access.exceptions).toEqual([]);
    }
  });
  it('restores what its holder kept without being eligible, with the word of the manager', () => {
    const later = { eligibility: 'department eq "Engineering"', eligibilityLost: 'approve-again' };
    const ada = GivenPerson.under(packageNamed('engineer', later));
    ada.requested('engineer');
    ada.stated({ department: 'Sales' });
    const { assignmentId } = ada.assignmentOf('engineer');
    ada.asked(decideOnKept(assignmentId, { decision: 'keep', until: null, reason: 'Helps out' }, ada.access));
    ada.stated({}, 'inactive');
    ada.stated({}, 'active');
    expect(ada.assignmentOf('engineer')).toMatchObject({ keptFor: 'not_eligible', grace: null });
    expect(ada.on(30)).toEqual([]);
  });
  it('of somebody hired again gives what rules give; requested access is only offered', () => {
    const ada = GivenPerson.under(packageNamed('asked'), packageNamed('base'), engineers);
    ada.requested('asked');
    ada.stated({}, 'inactive');
    const facts = ada.stated({ hireDate: '2026-06-01' }, 'active');
    expect(types(facts)).toEqual(expect.arrayContaining(['AssignmentCreated', 'FormerAccessOffered']));
    expect([ada.packages, ada.access.taken]).toMatchObject([
      ['base'],
      [{ terms: { packageId: 'asked' }, offered: true }],
    ]);
  });
  it('after a second leaving that was taken back, restores nothing of the first', () => {
    const ada = GivenPerson.under(packageNamed('asked'));
    ada.requested('asked');
    ada.stated({}, 'inactive');
    ada.stated({ hireDate: '2026-06-01' }, 'active');
    ada.stated({}, 'inactive');
    ada.stated({}, 'active');
    expect(ada.packages).toEqual([]);
  });
  it('from leave resumes what the leave suspended', () => {
    const ada = GivenPerson.under(packageNamed('asked', { suspendOnLeave: true }));
    ada.requested('asked');
    ada.stated({}, 'on-leave');
    expect(ada.packages).toEqual([]);
    ada.stated({}, 'active');
    expect(ada.packages).toEqual(['asked']);
  });
});
