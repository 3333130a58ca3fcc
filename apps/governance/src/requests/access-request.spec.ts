import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { AccessRequestEvent, RequestTerms } from './access-request.events.js';
import { accessRequest, type AccessRequest } from './access-request.js';
import type { Opening } from './approvers.js';
import { periodOf } from './completion.js';
import { decide, type Completion, type DecisionStatement } from './decide.js';
import { cancelForLeaver, remind, reopen, requested, reroute, timeOut, withdraw } from './open-request.js';
import { refusalOf, refusalsOf, type Asking } from './admission.js';
import { isDuration, later } from '../policy/policy.exports.js';

const at = '2026-03-02T10:00:00.000Z';
const request: RequestTerms = {
  requestId: 'q1',
  packageId: 'editors',
  packageVersion: 2,
  requesterId: 'grace',
  beneficiaryId: 'ada',
};
const stage: ApprovalStage = { approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' };
const asked = (more: Partial<ApprovalStage> = {}): AccessRequestEvent =>
  requested(
    {
      request,
      stages: [{ ...stage, ...more }],
      applications: ['wiki'],
      requestedAt: at,
      dueAt: '2026-03-05T10:00:00.000Z',
    },
    'please',
  );
const after = (...events: readonly AccessRequestEvent[]): AccessRequest =>
  events.reduce(accessRequest.evolve, accessRequest.initial);
const by = (approverId: string, more: Partial<DecisionStatement> = {}): DecisionStatement => ({
  approverId,
  decision: 'approve',
  comment: null,
  at,
  named: new Set(['linus', 'margaret']),
  delegators: [],
  endsAt: null,
  excepted: false,
  superiors: false,
  shown: null,
  ...more,
});
const complete = (completion: Completion) => ({ opening: null, completion });
const assign: Completion = { outcome: 'assign', assignmentId: 'a1' };
const end = complete(assign);
const decided = (state: AccessRequest, statement: DecisionStatement, completion: Completion = assign): AccessRequest =>
  decide(statement, complete(completion), state).reduce(accessRequest.evolve, state);
const refusal = (code: string) => expect.objectContaining({ code });

describe('deciding on a request', () => {
  it('approves with the last approval needed', () => {
    expect(decide(by('linus'), end, after(asked())).map(({ type }) => type)).toEqual([
      'RequestDecided',
      'RequestApproved',
    ]);
    const first = decided(after(asked({ quorum: 2 })), by('linus'));
    expect(first.status).toBe('pending');
    expect(decided(first, by('margaret'))).toMatchObject({ status: 'approved', assignmentId: 'a1' });
  });
  it('denies with the first denial', () => {
    expect(decided(after(asked({ quorum: 2 })), by('linus', { decision: 'deny' }))).toMatchObject({
      status: 'denied',
      code: 'denied_by_approver',
    });
  });
  it('comes too late once the time of the stage is over, though nothing has closed the request yet', () => {
    const late = by('linus', { at: '2026-03-05T10:00:00.000Z' });
    expect(() => decide(late, end, after(asked()))).toThrow(refusal('request.not_pending'));
  });
  it.each(['grace', 'ada'])('is never for requester or beneficiary: %s', (who) => {
    expect(() => decide(by(who, { named: new Set([who]) }), end, after(asked()))).toThrow(
      refusal('request.own_request'),
    );
  });
  it('is for those alone whom the open stage names', () => {
    expect(() => decide(by('dennis'), end, after(asked()))).toThrow(refusal('request.not_approver'));
    expect(() => decide(by('dennis'), end, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_approver'),
    );
  });
  it('happens once', () => {
    expect(() => decide(by('linus'), end, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
    expect(() => decide(by('linus'), end, decided(after(asked({ quorum: 2 })), by('linus')))).toThrow(
      refusal('request.already_decided'),
    );
    expect(() => decide(by('margaret'), end, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
    expect(() => decide(by('linus', { named: new Set() }), end, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
  });
  it('follows the rules of the day it is completed on', () => {
    expect(decided(after(asked()), by('linus'), { outcome: 'refused', code: 'no_longer_eligible' })).toMatchObject({
      status: 'denied',
      code: 'no_longer_eligible',
    });
    expect(decided(after(asked()), by('linus'), { outcome: 'already-held' })).toMatchObject({
      status: 'cancelled',
      code: 'already_held',
    });
  });
  it('keeps words personal to who said them', () => {
    const [fact] = decide(by('linus', { comment: 'she is good' }), end, after(asked()));
    expect(fact).toMatchObject({ personal: { approver: { subject: 'linus', fields: { comment: 'she is good' } } } });
    expect(JSON.stringify(fact?.data)).not.toContain('good');
    expect(asked()).toMatchObject({
      personal: { requester: { subject: 'grace', fields: { justification: 'please' } } },
    });
  });
});

describe('several stages', () => {
  const owners: Opening = { able: ['olga', 'otto'], quorum: 2, escalation: null, missing: [] };
  const two = (more: Partial<{ distinct: false }> = {}): AccessRequest =>
    after(
      requested(
        {
          request,
          stages: [stage, { ...stage, approvers: ['application-owner'], quorum: 2, timeout: 'P1D' }],
          applications: ['wiki'],
          requestedAt: at,
          dueAt: '2026-03-05T10:00:00.000Z',
          approverIds: ['linus'],
          ...more,
        },
        null,
      ),
    );
  const next = (opening: Opening) => ({ opening, completion: assign });
  const step = (state: AccessRequest, statement: DecisionStatement, opening = owners): AccessRequest =>
    decide(statement, next(opening), state).reduce(accessRequest.evolve, state);
  const named = { named: new Set(['olga', 'otto', 'linus']) };

  it('follow each other: the approval of one opens the next, with its own people, quorum and time', () => {
    const second = step(two(), by('linus'));
    expect(second).toMatchObject({
      status: 'pending',
      stage: 1,
      approverIds: ['olga', 'otto'],
      quorum: 2,
      dueAt: '2026-03-03T10:00:00.000Z',
    });
    const one = step(second, by('olga', named));
    expect(one.status).toBe('pending');
    expect(step(one, by('otto', named))).toMatchObject({ status: 'approved' });
  });
  it('are decided by other people each, unless the policy says otherwise', () => {
    expect(() => decide(by('linus', named), next(owners), step(two(), by('linus')))).toThrow(
      refusal('request.already_decided'),
    );
    const again = step(two({ distinct: false }), by('linus'), { ...owners, able: ['linus'], quorum: 1 });
    expect(step(again, by('linus', named))).toMatchObject({ status: 'approved' });
  });
  it('end with the first denial', () => {
    const second = step(two(), by('linus'));
    expect(step(second, by('olga', { ...named, decision: 'deny' }))).toMatchObject({ status: 'denied', stage: 1 });
  });
  it('say who decided, step by step', () => {
    const state = step(two(), by('linus'));
    expect('history' in state ? state.history.map(({ event, stage: of }) => [event, of]) : null).toEqual([
      ['submitted', null],
      ['decided', 0],
      ['stage-opened', 1],
    ]);
  });
});

describe('a delegate', () => {
  const instead = by('dennis', { delegators: ['linus'] });
  it('decides in the place of the approver, once', () => {
    const [fact] = decide(instead, end, after(asked()));
    expect(fact).toMatchObject({ data: { approverId: 'dennis', onBehalfOf: 'linus' } });
    const first = decided(after(asked({ quorum: 2 })), instead);
    expect(() => decide(by('linus'), end, first)).toThrow(refusal('request.already_decided'));
    expect(() => decide(instead, end, first)).toThrow(refusal('request.already_decided'));
  });
  it('takes their own place first', () => {
    const margaret = by('margaret', { delegators: ['linus'] });
    expect(decide(margaret, end, after(asked()))[0]?.data).not.toHaveProperty('onBehalfOf');
  });
  it.each(['grace', 'ada'])('never decides for themselves: %s', (who) => {
    expect(() => decide(by(who, { delegators: ['linus'] }), end, after(asked()))).toThrow(
      refusal('request.own_request'),
    );
  });
  it('never decides for people they report to, as no approver does', () => {
    expect(() => decide({ ...instead, superiors: true }, end, after(asked()))).toThrow(
      refusal('request.superiors_request'),
    );
    expect(() => decide(by('linus', { superiors: true }), end, after(asked()))).toThrow(
      refusal('request.superiors_request'),
    );
  });
});

describe('the time of a stage', () => {
  const others: Opening = {
    able: ['olga'],
    quorum: 1,
    escalation: { reasons: ['nobody decided in time'] },
    missing: [],
  };
  const due = '2026-03-05T10:00:00.000Z';
  it('escalates once, where the policy says so, and then expires', () => {
    const open = after(asked({ onTimeout: 'escalate' }));
    const facts = timeOut(due, others, open);
    expect(facts).toMatchObject([
      { type: 'RequestRerouted', data: { code: 'timeout', approverIds: ['olga'], dueAt: '2026-03-08T10:00:00.000Z' } },
    ]);
    const escalated = facts.reduce(accessRequest.evolve, open);
    expect(decided(escalated, by('olga', { named: new Set(['olga']) }))).toMatchObject({ status: 'approved' });
    expect(timeOut('2026-03-08T10:00:00.000Z', others, escalated)).toMatchObject([{ type: 'RequestExpired' }]);
  });
  it('expires where nobody else can decide', () => {
    const open = after(asked({ onTimeout: 'escalate' }));
    expect(timeOut(due, { ...others, able: [], missing: ['nobody'] }, open)).toMatchObject([
      { type: 'RequestExpired' },
    ]);
  });
  it('reminds those who have not decided, while there is time', () => {
    const open = after(asked({ quorum: 2 }), {
      type: 'RequestRerouted',
      v: 1,
      data: {
        request,
        stage: 0,
        code: 'manager_changed',
        approverIds: ['linus', 'margaret'],
        quorum: 2,
        dueAt: due,
        reroutedAt: at,
      },
    });
    expect(remind(at, decided(open, by('linus')))).toMatchObject([{ data: { approverIds: ['margaret'] } }]);
    expect(remind(due, open)).toEqual([]);
  });
});

describe('the people of an open stage', () => {
  const named = (...approverIds: string[]): AccessRequest =>
    after(
      requested(
        { request, stages: [stage], applications: [], requestedAt: at, dueAt: null, approverIds, quorum: 1 },
        null,
      ),
    );
  const opening = (...able: string[]): Opening => ({ able, quorum: 1, escalation: null, missing: [] });
  const usable = (id: string) => id !== 'gone';
  it('are others after the manager has changed, or an approver is gone', () => {
    expect(reroute(opening('margaret'), usable, at, named('linus'))).toMatchObject([
      { data: { code: 'manager_changed', approverIds: ['margaret'] } },
    ]);
    expect(reroute(opening('margaret'), usable, at, named('gone'))).toMatchObject([
      { data: { code: 'approver_gone' } },
    ]);
    expect(reroute(opening('linus'), usable, at, named('linus'))).toEqual([]);
  });
  it('stay whom an administrator named, while they can decide', () => {
    const reassigned = (approverIds: string[]): AccessRequest =>
      accessRequest.evolve(named('linus'), {
        type: 'RequestReassigned',
        v: 1,
        data: { request, stage: 0, approverIds, dueAt: '2026-03-05T10:00:00.000Z', reassignedAt: at },
        personal: { beneficiary: { subject: 'ada', fields: { reason: 'x' } } },
      });
    expect(reroute(opening('linus'), usable, at, reassigned(['olga']))).toEqual([]);
    expect(reroute(opening('linus'), usable, at, reassigned(['gone']))).toHaveLength(1);
  });
  it('stay as they are where nobody else can decide', () => {
    expect(reroute({ ...opening(), missing: ['nobody'] }, usable, at, named('gone'))).toEqual([]);
  });
});

describe('a request ends without a decision', () => {
  it('when its time is over, not before, and not twice', () => {
    const open = after(asked());
    expect(timeOut('2026-03-05T09:59:59.999Z', null, open)).toEqual([]);
    const [expired] = timeOut('2026-03-05T10:00:00.000Z', null, open);
    expect(expired).toMatchObject({ type: 'RequestExpired', data: { code: 'timeout' } });
    expect(timeOut('2026-03-06T10:00:00.000Z', null, decided(open, by('linus')))).toEqual([]);
  });
  it('when the beneficiary leaves', () => {
    expect(cancelForLeaver('beneficiary_left', at, after(asked()))).toMatchObject([
      { type: 'RequestCancelled', data: { code: 'beneficiary_left' } },
    ]);
    expect(cancelForLeaver('beneficiary_left', at, decided(after(asked()), by('linus')))).toEqual([]);
  });
  it('when who asked, or is asked for, withdraws it', () => {
    expect(withdraw({ identityId: 'grace', at }, after(asked()))).toMatchObject([{ data: { code: 'withdrawn' } }]);
    expect(withdraw({ identityId: 'ada', at }, after(asked()))).toHaveLength(1);
    expect(() => withdraw({ identityId: 'linus', at }, after(asked()))).toThrow(refusal('request.not_requester'));
    expect(() => withdraw({ identityId: 'ada', at }, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
  });
});

describe('a request may be made', () => {
  const asking = (more: Partial<Asking> = {}): Asking => ({
    packageId: 'wiki',
    requesterId: 'ada',
    beneficiaryId: 'ada',
    beneficiaryManagerId: 'grace',
    beneficiaryInactive: false,
    eligible: true,
    held: false,
    extending: null,
    open: false,
    conflicts: [],
    undecidable: [],
    ...more,
  });
  it.each([
    [null, {}, 'request.nobody_may_ask'],
    ['self', {}, null],
    ['self', { requesterId: 'grace' }, 'request.not_for_them'],
    ['team', {}, null],
    ['team', { requesterId: 'grace' }, null],
    ['team', { requesterId: 'linus' }, 'request.not_for_them'],
    ['anyone', { requesterId: 'linus' }, null],
    ['self', { eligible: false, held: true }, 'request.not_eligible'],
    ['self', { beneficiaryInactive: true }, 'request.not_eligible'],
    ['self', { held: true, open: true }, 'request.already_held'],
    ['self', { open: true }, 'request.already_open'],
    ['self', { undecidable: ['nobody'] }, 'request.nobody_can_decide'],
    ['self', { open: true, undecidable: ['nobody'] }, 'request.already_open'],
    ['self', { held: true, extending: { allowed: true } }, null],
    ['self', { held: true, extending: { allowed: false } }, 'request.not_extendable'],
  ] as const)('for %s, %j: %s', (requestFor, more, code) => {
    expect(refusalOf(asking(more), { requestFor })).toBe(code);
  });
});

it('a request is refused with every reason at once', () => {
  const asking: Asking = {
    packageId: 'wiki',
    requesterId: 'linus',
    beneficiaryId: 'ada',
    beneficiaryManagerId: 'grace',
    beneficiaryInactive: false,
    eligible: false,
    held: true,
    extending: null,
    open: true,
    conflicts: [{ rule: 'apart', displayName: 'Apart', packages: ['other', 'wiki'] }],
    undecidable: ['nobody'],
  };
  expect(refusalsOf(asking, { requestFor: 'self' })).toEqual([
    'request.not_for_them',
    'request.not_eligible',
    'request.already_held',
    'request.already_open',
    'request.incompatible',
    'request.nobody_can_decide',
  ]);
});

describe('the period of an approved request', () => {
  const asked = { startsAt: null, endsAt: null, lasts: null };
  it.each([
    ['begins with the approval and has no end, unless somebody says otherwise', {}, at, null],
    ['begins when it was asked to', { startsAt: '2026-03-05T10:00:00.000Z' }, '2026-03-05T10:00:00.000Z', null],
    ['begins with an approval that comes later', { startsAt: '2026-03-01T10:00:00.000Z' }, at, null],
    ['lasts as long as the package says', { lasts: 'P1D' }, at, '2026-03-03T10:00:00.000Z'],
    ['ends as asked', { lasts: 'P9D', endsAt: '2026-03-04T10:00:00.000Z' }, at, '2026-03-04T10:00:00.000Z'],
  ])('%s', (_, more, since, until) => {
    expect(periodOf({ ...asked, ...more }, at)).toEqual({ since, until });
  });
});

describe('a duration', () => {
  it.each([
    ['P3D', '2026-03-05T10:00:00.000Z'],
    ['PT8H', '2026-03-02T18:00:00.000Z'],
    ['P1W', '2026-03-09T10:00:00.000Z'],
    ['P1Y2M', '2027-05-02T10:00:00.000Z'],
    ['P1DT1H30M5S', '2026-03-03T11:30:05.000Z'],
  ])('%s later', (duration, instant) => {
    expect([isDuration(duration), later(at, duration)]).toEqual([true, instant]);
  });
  it('of a month ends in the month it falls in', () => {
    expect(later('2026-01-31T10:00:00.000Z', 'P1M')).toBe('2026-02-28T10:00:00.000Z');
  });
  it.each(['', 'P', 'PT', '3 days', 'P3', 'P-1D', 'P0D', 'p1d', 'P1H', 'P99999D'])('is not %j', (text) => {
    expect(isDuration(text)).toBe(false);
  });
});

describe('a request that a leaving cancelled', () => {
  const cancelledAt = '2026-03-03T10:00:00.000Z';
  const rescinded = { leftAt: '2026-03-03T09:59:00.000Z', hireDate: '2026-01-01' };
  const back = '2026-03-10T10:00:00.000Z';
  const cancelled = (more: object = {}, code: 'beneficiary_left' | 'beneficiary_locked_down' = 'beneficiary_left') => {
    const made = asked();
    const open = after({ ...made, data: { ...made.data, ...more } } as AccessRequestEvent);
    return cancelForLeaver(code, cancelledAt, open).reduce(accessRequest.evolve, open);
  };

  it('waits again where the leaving did not hold, with the time that was left of its stage', () => {
    const facts = reopen(rescinded, back, cancelled());
    expect(facts).toMatchObject([{ type: 'RequestReopened', data: { stage: 0, dueAt: '2026-03-12T10:00:00.000Z' } }]);
    const open = facts.reduce(accessRequest.evolve, cancelled());
    expect(open).toMatchObject({ status: 'pending', stageOpenedAt: back, dueAt: '2026-03-12T10:00:00.000Z' });
    expect(open).not.toHaveProperty('code');
    expect('history' in open && open.history.at(-1)).toMatchObject({ event: 'reopened', at: back });
    expect(reopen(rescinded, back, open)).toEqual([]);
    expect(decided(open, by('linus')).status).toBe('approved');
  });
  it('stays cancelled where another leaving, a lockdown or a person cancelled it, or its period is over', () => {
    const later = { leftAt: '2026-03-09T09:00:00.000Z', hireDate: '2026-03-05' };
    expect(reopen(later, back, cancelled())).toEqual([]);
    expect(reopen(rescinded, back, cancelled({}, 'beneficiary_locked_down'))).toEqual([]);
    const withdrawn = withdraw({ identityId: 'ada', at: cancelledAt }, after(asked()));
    expect(reopen(rescinded, back, after(asked(), ...withdrawn))).toEqual([]);
    expect(reopen(rescinded, back, cancelled({ endsAt: '2026-03-09T00:00:00.000Z' }))).toEqual([]);
  });
});
