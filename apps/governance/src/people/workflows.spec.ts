import { describe, expect, it } from '@jest/globals';
import { nextDue } from '../assignments/time.js';
import { answeredSteps, foldWorkflows, transferAnswered } from '../assignments/workflow.js';
import type { CatalogEntry } from '../policy/policy.exports.js';
import type { AccessEvent } from '../assignments/access.events.js';
import {
  afterDays,
  applicationNamed,
  GivenPerson,
  packageNamed,
  ruleNamed,
  step,
  workflowNamed,
} from './given-person.fixtures.js';

const day = (days: number): string => afterDays(days).slice(0, 10);
const grant = (offsetDays: number, id: string) => step(offsetDays, { action: 'grant', package: id });
const revoke = (offsetDays: number, id: string) => step(offsetDays, { action: 'revoke', package: id });
const notify = (offsetDays: number, to: 'person' | 'manager' = 'manager') =>
  step(offsetDays, { action: 'notify', to, message: 'Please look' });
/** What was taken, and how it went. */
const taken = (facts: readonly AccessEvent[]) =>
  facts.flatMap((fact) =>
    fact.type === 'WorkflowStepTaken' ? [[fact.data.step.action, fact.data.step.offsetDays, fact.data.code]] : [],
  );
const planned = (person: GivenPerson) =>
  person.access.workflows.planned.map(({ action, dueAt }) => [action, dueAt.slice(0, 10)]);
const codes = (facts: readonly AccessEvent[]) =>
  facts.flatMap((fact) =>
    fact.type === 'WorkflowStepsCancelled' || fact.type === 'WorkflowStepsPlanned' ? [fact.data.code] : [],
  );

describe('a workflow of joiners', () => {
  const workflow = workflowNamed('begin', 'joiner', [
    grant(0, 'now'),
    grant(10, 'later'),
    revoke(30, 'now'),
    notify(5),
  ]);
  const packages = [packageNamed('now'), packageNamed('later')];

  it('grants, tells and revokes on its days after the first day, and says of each assignment which step gave it', () => {
    const ada = GivenPerson.hired({}, ...packages, workflow);
    expect(ada.packages).toEqual(['now']);
    expect(ada.assignmentOf('now').cause).toMatchObject({ type: 'workflow', workflow: 'begin', version: 1 });
    expect(taken(ada.on(4))).toEqual([]);
    expect(taken(ada.on(5))).toEqual([['notify', 5, null]]);
    expect([taken(ada.on(10)), ada.packages]).toEqual([[['grant', 10, null]], ['later', 'now']]);
    expect(ada.on(30)).toMatchObject([
      { type: 'AssignmentRevoked', data: { code: 'revoked_by_workflow', assignment: { packageId: 'now' } } },
      { type: 'WorkflowStepTaken', data: { outcome: 'done' } },
    ]);
    expect([ada.packages, planned(ada)]).toEqual([['later'], []]);
  });
  it('wakes the hub on the day of its next step, and not again when all are taken', () => {
    const ada = GivenPerson.hired({}, ...packages, workflowNamed('begin', 'joiner', [notify(5)]));
    expect(nextDue(ada.access, afterDays(0))?.slice(0, 10)).toBe(day(5));
    ada.on(5);
    expect(nextDue(ada.access, afterDays(5))).toBeNull();
  });
  it('begins for those whom its filter matches, and not for who was here before it', () => {
    const sales = workflowNamed('begin', 'joiner', [grant(0, 'now')], { filter: 'department eq "Sales"' });
    expect(GivenPerson.hired({}, ...packages, sales).packages).toEqual([]);
    const ben = GivenPerson.under(...packages);
    ben.defined(workflow);
    expect([ben.packages, planned(ben)]).toEqual([[], []]);
  });
  it('takes a step whose day is past at once, and gives nothing that a later step has taken again', () => {
    const ada = GivenPerson.hired({ hireDate: day(-40) }, ...packages, workflow);
    expect([ada.packages, planned(ada)]).toEqual([['later'], []]);
  });
  it('counts days in the zone of the person', () => {
    const ada = GivenPerson.hired(
      { timeZone: 'Asia/Tokyo' },
      packageNamed('later'),
      workflowNamed('b', 'joiner', [grant(10, 'later')]),
    );
    expect(ada.access.workflows.planned[0]?.dueAt).toBe(`${day(9)}T15:00:00.000Z`);
  });
  it('moves what is planned when HR moves the first day', () => {
    const ada = GivenPerson.hired({}, ...packages, workflow);
    expect(codes(ada.stated({ hireDate: day(3) }))).toEqual(['rescheduled']);
    expect(planned(ada)).toEqual([
      ['grant', day(13)],
      ['revoke', day(33)],
      ['notify', day(8)],
    ]);
    expect(codes(ada.stated({ jobTitle: 'Lead' }))).toEqual([]);
  });
  it('goes on with the version that the person began with', () => {
    const ada = GivenPerson.hired({}, ...packages, workflow);
    ada.defined(workflowNamed('begin', 'joiner', [grant(0, 'later')]));
    expect([ada.packages, taken(ada.on(5))]).toEqual([['now'], [['notify', 5, null]]]);
  });
  it('takes no step once it is not enabled any more, and says so', () => {
    const ada = GivenPerson.hired({}, ...packages, workflow);
    ada.defined(workflowNamed('begin', 'joiner', [grant(0, 'now')], { enabled: false }));
    expect(taken(ada.on(10))).toEqual([
      ['notify', 5, 'workflow_disabled'],
      ['grant', 10, 'workflow_disabled'],
    ]);
  });
});

describe('a step that cannot be done', () => {
  const joining = (...more: readonly CatalogEntry[]) =>
    GivenPerson.hired({}, ...more, workflowNamed('begin', 'joiner', [grant(1, 'one'), revoke(1, 'two')]));
  const all = (person: GivenPerson) => taken(person.on(1)).map(([, , code]) => code);

  it.each([
    ['the package is a draft', [packageNamed('one', { status: 'draft' })], 'not_published'],
    ['nobody has it', [], 'not_published'],
    ['the person is not eligible', [packageNamed('one', { eligibility: 'department eq "Sales"' })], 'not_eligible'],
    ['a rule gives it already', [packageNamed('one'), ruleNamed('r', 'status eq "active"', ['one'])], 'already_held'],
  ])('is told with the reason: %s', (_, entries, code) => {
    expect(all(joining(...entries))[0]).toBe(code);
  });
  it('is a grant of what a rule gives on the same day: the rule gives it', () => {
    const ada = GivenPerson.hired(
      {},
      packageNamed('one'),
      ruleNamed('r', 'status eq "active"', ['one']),
      workflowNamed('begin', 'joiner', [grant(0, 'one')]),
    );
    expect(ada.assignmentOf('one').cause).toEqual({ type: 'birthright', rule: 'r' });
  });
  it('is a grant beside what excludes it', () => {
    const ada = joining(packageNamed('one', { incompatibleWith: ['two'] }), packageNamed('two'));
    ada.requested('two');
    expect(all(ada)).toEqual(['incompatible', null]);
  });
  it('is a revoke of what a rule gives, which would give it again', () => {
    const ada = joining(packageNamed('one'), packageNamed('two'), ruleNamed('r', 'status eq "active"', ['two']));
    expect([all(ada), ada.packages]).toEqual([
      [null, 'given_by_rule'],
      ['one', 'two'],
    ]);
  });
  it('is telling a manager whom nobody knows', () => {
    const ada = GivenPerson.hired({}, workflowNamed('begin', 'joiner', [notify(1)]));
    ada.managedBy(null);
    expect(all(ada)).toEqual(['no_manager']);
  });
});

describe('a workflow of movers', () => {
  const workflow = workflowNamed('move', 'mover', [grant(0, 'new'), revoke(14, 'old')], {
    filter: 'department eq "Sales"',
  });

  it('begins with the move, for people as they are after it', () => {
    const ada = GivenPerson.under(packageNamed('new'), packageNamed('old'), workflow);
    ada.requested('old');
    expect(taken(ada.stated({ department: 'Sales' }))).toEqual([['grant', 0, null]]);
    expect(ada.packages).toEqual(['new', 'old']);
    expect([taken(ada.on(14)), ada.packages]).toEqual([[['revoke', 14, null]], ['new']]);
  });
  it('begins again with another move, and forgets what the former one had planned', () => {
    const ada = GivenPerson.under(packageNamed('new'), packageNamed('old'), workflow);
    ada.stated({ department: 'Sales' });
    ada.on(10);
    expect(codes(ada.stated({ jobTitle: 'Lead' }))).toEqual(['begun_again', 'started']);
    expect(planned(ada)).toEqual([['revoke', day(24)]]);
  });
  it('does not begin with another manager', () => {
    const ada = GivenPerson.under(packageNamed('new'), workflowNamed('move', 'mover', [grant(0, 'new')]));
    expect(ada.managedBy('other')).toEqual([]);
  });
});

describe('a workflow of leavers', () => {
  const workflow = workflowNamed('leave', 'leaver', [
    notify(-14),
    revoke(-2, 'vault'),
    notify(0, 'person'),
    notify(30),
  ]);
  const leaving = (end: number) => {
    const ada = GivenPerson.under(packageNamed('vault'), workflow);
    ada.requested('vault');
    ada.stated({ terminationDate: day(end) });
    return ada;
  };

  it('is planned when HR states the end, and acts before and after it', () => {
    const ada = leaving(19);
    expect(planned(ada)).toEqual([
      ['notify', day(6)],
      ['revoke', day(18)],
      ['notify', day(20)],
      ['notify', day(50)],
    ]);
    expect(taken(ada.on(7))).toEqual([['notify', -14, null]]);
    expect([taken(ada.on(19)), ada.packages]).toEqual([[['revoke', -2, null]], []]);
    expect(taken(ada.on(20))).toEqual([]);
    expect(taken(ada.stated({}, 'inactive'))).toEqual([['notify', 0, null]]);
    expect(taken(ada.on(50))).toEqual([['notify', 30, null]]);
  });
  it('waits with what comes after the end for the leaving itself, and wakes nobody meanwhile', () => {
    const ada = leaving(19);
    ada.on(19);
    expect(nextDue(ada.access, afterDays(19))).toBeNull();
  });
  it('is planned for those whose end is known when it is defined', () => {
    const ada = GivenPerson.under(packageNamed('vault'));
    ada.stated({ terminationDate: day(19) });
    ada.defined(workflow);
    expect(planned(ada)).toHaveLength(4);
  });
  it('moves with the end, without telling again what it has told', () => {
    const ada = leaving(19);
    ada.on(7);
    expect(codes(ada.stated({ terminationDate: day(29) }))).toEqual(['rescheduled']);
    expect(planned(ada)).toEqual([
      ['revoke', day(28)],
      ['notify', day(30)],
      ['notify', day(60)],
    ]);
  });
  it('is cancelled when HR states no end any more, and begins again with the next one', () => {
    const ada = leaving(19);
    expect(codes(ada.stated({ terminationDate: '9999-12-31' }))).toEqual(['end_withdrawn']);
    expect(planned(ada)).toEqual([]);
    expect(codes(ada.stated({ terminationDate: day(40) }))).toEqual(['started']);
  });
  it('begins at once for who leaves without notice', () => {
    const ada = GivenPerson.under(packageNamed('vault'), workflow);
    expect(taken(ada.stated({}, 'inactive'))).toEqual([
      ['notify', -14, null],
      ['revoke', -2, 'not_held'],
      ['notify', 0, null],
    ]);
    expect(planned(ada)).toEqual([['notify', day(30)]]);
  });
  it('does not begin with a lockdown, and not twice', () => {
    const ada = leaving(19);
    expect(codes(ada.locked())).toEqual([]);
    expect(codes(ada.released())).toEqual([]);
    ada.stated({}, 'inactive');
    expect(codes(ada.stated({ email: 'a@corp.example' }, 'inactive'))).toEqual([]);
  });
});

describe('leaving and coming back', () => {
  const begin = workflowNamed('begin', 'joiner', [grant(0, 'now'), grant(10, 'later')]);
  const leave = workflowNamed('leave', 'leaver', [notify(30)]);
  const left = () => {
    const ada = GivenPerson.hired({}, packageNamed('now'), packageNamed('later'), begin, leave);
    ada.on(2);
    ada.stated({}, 'inactive');
    return ada;
  };

  it('cancels what joining had planned', () => {
    const ada = left();
    expect(planned(ada)).toEqual([['notify', day(32)]]);
    expect([taken(ada.on(10)), ada.packages]).toEqual([[], []]);
  });
  it('goes on where it was when the termination is taken back, and catches up', () => {
    const ada = left();
    ada.on(12);
    expect(codes(ada.stated({}, 'active'))).toEqual(['returned', 'resumed']);
    expect([ada.packages, planned(ada)]).toEqual([['later', 'now'], []]);
  });
  it('begins again with a rehire', () => {
    const ada = left();
    ada.on(12);
    expect(codes(ada.stated({ hireDate: day(12) }, 'active'))).toEqual(['returned', 'rehired', 'started']);
    expect([ada.packages, planned(ada)]).toEqual([['now'], [['grant', day(22)]]]);
  });
  it('stands still during a lockdown', () => {
    const ada = GivenPerson.hired({}, packageNamed('now'), packageNamed('later'), begin, leave);
    expect(codes(ada.locked())).toEqual(['locked_down']);
    expect(taken(ada.on(11))).toEqual([]);
    expect(codes(ada.released())).toEqual(['resumed']);
    expect(ada.packages).toEqual(['later']);
  });
});

describe('what a workflow did before an end that HR moves', () => {
  const revoking = workflowNamed('leave', 'leaver', [revoke(-2, 'vault')]);
  const ending = (...more: readonly CatalogEntry[]) => {
    const ada = GivenPerson.under(packageNamed('vault'), ...more);
    ada.requested('vault', afterDays(100));
    ada.stated({ terminationDate: day(19) });
    ada.on(19);
    return ada;
  };

  it('comes back with the same end and cause, and is revoked again before the new end', () => {
    const ada = ending(revoking);
    expect(ada.packages).toEqual([]);
    expect(codes(ada.stated({ terminationDate: day(29) }))).toEqual(['rescheduled']);
    expect(ada.assignmentOf('vault')).toMatchObject({ until: afterDays(100), cause: { type: 'request' } });
    expect([taken(ada.on(29)), ada.packages]).toEqual([[['revoke', -2, null]], []]);
  });
  it('comes back when HR states no end any more, and when a termination is taken back', () => {
    const withdrawn = ending(revoking);
    withdrawn.stated({ terminationDate: '9999-12-31' });
    expect(withdrawn.packages).toEqual(['vault']);
    const back = ending(revoking);
    back.stated({}, 'inactive');
    back.stated({ terminationDate: '9999-12-31' }, 'active');
    expect(back.packages).toEqual(['vault']);
  });
  it('does not come back with a rehire, nor where the rules of today forbid it', () => {
    const hired = ending(revoking);
    hired.stated({}, 'inactive');
    hired.stated({ terminationDate: '9999-12-31', hireDate: day(19) }, 'active');
    expect(hired.packages).toEqual([]);
    const forbidden = ending(revoking);
    forbidden.defined(packageNamed('vault', { eligibility: 'department eq "Sales"' }));
    forbidden.stated({ terminationDate: '9999-12-31' });
    expect(forbidden.packages).toEqual([]);
  });
  it('disables all accounts before the end, keeps what is held, and enables them when the end moves', () => {
    const ada = ending(workflowNamed('leave', 'leaver', [step(-2, { action: 'disable' })]));
    const told = [ada.wiki?.status, ada.wiki?.accounts[0]?.active, ada.wiki?.deletes];
    expect([told, ada.packages]).toEqual([['leaver', false, false], ['vault']]);
    expect(codes(ada.stated({ terminationDate: day(29) }))).toEqual(['rescheduled']);
    expect([ada.wiki?.status, ada.wiki?.accounts[0]?.active]).toEqual(['active', true]);
    ada.on(29);
    expect(ada.wiki?.accounts[0]?.active).toBe(false);
    ada.stated({ terminationDate: '9999-12-31' });
    expect(ada.wiki?.accounts[0]?.active).toBe(true);
  });
});

describe('deleting accounts', () => {
  const leave = workflowNamed('leave', 'leaver', [step(0, { action: 'disable' }), step(30, { action: 'delete' })]);
  const left = () => {
    const ada = GivenPerson.under(packageNamed('vault'), leave);
    ada.requested('vault');
    ada.stated({}, 'inactive');
    return ada;
  };

  it('is desired after its days, and waits for the answer of each application', () => {
    const ada = left();
    expect([ada.wiki?.deletes, planned(ada)]).toEqual([undefined, [['delete', day(30)]]]);
    expect(taken(ada.on(30))).toEqual([['delete', 30, null]]);
    expect(ada.wiki?.deletes).toBe(true);
    const waiting = ada.access.workflows.acting.map(({ step: { action }, answers }) => [action, answers]);
    expect(waiting).toEqual([
      ['disable', [{ about: 'wiki', epoch: 1, sequence: 2, word: 'waiting' }]],
      ['delete', [{ about: 'wiki', epoch: 1, sequence: 3, word: 'waiting' }]],
    ]);
  });
  it('is not desired for who is back, before or after it', () => {
    const before = left();
    before.stated({}, 'active');
    expect(taken(before.on(30))).toEqual([]);
    const after = left();
    after.on(30);
    after.stated({ hireDate: day(30) }, 'active');
    after.requested('vault');
    expect([after.wiki?.deletes, after.wiki?.status]).toEqual([undefined, 'active']);
  });
  it('fails where the hub does not provision an application, and says that it is to be done by hand', () => {
    const ada = GivenPerson.under(packageNamed('vault'), leave, applicationNamed('wiki', { provisionedBy: 'manual' }));
    ada.requested('vault');
    expect(taken(ada.stated({}, 'inactive'))).toEqual([['disable', 0, 'by_hand']]);
  });
  it('is not needed for who has no account', () => {
    const ada = GivenPerson.under(leave);
    expect(taken(ada.stated({}, 'inactive'))).toEqual([['disable', 0, 'no_account']]);
  });
});

describe('an answer of an application', () => {
  const acting = () => {
    const ada = GivenPerson.under(
      packageNamed('vault'),
      workflowNamed('leave', 'leaver', [step(0, { action: 'delete' })]),
    );
    ada.requested('vault');
    ada.stated({}, 'inactive');
    return ada.access.workflows;
  };
  const answer = (sequence: number, word: 'done' | 'failed') =>
    answeredSteps({ about: 'wiki', epoch: 1, sequence, word }, 'ada', acting(), afterDays(0));

  it('shows the step done, once it is about what the step said', () => {
    expect(answer(1, 'done')).toEqual([]);
    expect(answer(2, 'done')).toMatchObject([{ data: { answers: [{ word: 'done' }], code: null } }]);
  });
  it('shows it failed where the application refuses, and done when it did it after all', () => {
    const [failed] = answer(2, 'failed');
    expect(failed).toMatchObject({ data: { code: 'refused_by_application' } });
    const after = failed === undefined ? acting() : foldWorkflows(acting(), failed);
    const later = { about: 'wiki', epoch: 1, sequence: 2, word: 'done' as const };
    expect(answeredSteps(later, 'ada', after, afterDays(1))).toMatchObject([{ data: { code: null } }]);
  });
});

describe('transferring ownership', () => {
  const move = workflowNamed('move', 'mover', [step(0, { action: 'transfer-ownership' })]);

  it('goes to the manager, and is done once it is answered', () => {
    const ada = GivenPerson.under(move);
    expect(ada.stated({ department: 'Sales' })).toMatchObject([
      { type: 'WorkflowStepsPlanned' },
      { type: 'WorkflowStepTaken', data: { recipient: 'manager', answers: [{ about: 'governance' }] } },
    ]);
    const { workflows } = ada.access;
    const { stepId = '' } = workflows.acting[0]?.step ?? {};
    const [fact] = transferAnswered(stepId, null, 'ada', workflows, afterDays(0));
    expect(fact === undefined ? null : foldWorkflows(workflows, fact).acting).toEqual([]);
  });
});
