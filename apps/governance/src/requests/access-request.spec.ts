import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { AccessRequestEvent, RequestTerms } from './access-request.events.js';
import {
  accessRequest,
  cancelForLeaver,
  decide,
  requested,
  timeOut,
  withdraw,
  type AccessRequest,
  type Completion,
  type DecisionStatement,
} from './access-request.js';
import { refusalOf, type Asking } from './admission.js';
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
  ...more,
});
const assign: Completion = { outcome: 'assign', assignmentId: 'a1' };
const decided = (state: AccessRequest, statement: DecisionStatement, completion: Completion = assign): AccessRequest =>
  decide(statement, completion, state).reduce(accessRequest.evolve, state);
const refusal = (code: string) => expect.objectContaining({ code });

describe('deciding on a request', () => {
  it('approves with the last approval needed', () => {
    expect(decide(by('linus'), assign, after(asked())).map(({ type }) => type)).toEqual([
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
    expect(() => decide(late, assign, after(asked()))).toThrow(refusal('request.not_pending'));
  });
  it.each(['grace', 'ada'])('is never for requester or beneficiary: %s', (who) => {
    expect(() => decide(by(who, { named: new Set([who]) }), assign, after(asked()))).toThrow(
      refusal('request.own_request'),
    );
  });
  it('is for those alone whom the open stage names', () => {
    expect(() => decide(by('dennis'), assign, after(asked()))).toThrow(refusal('request.not_approver'));
    expect(() => decide(by('dennis'), assign, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_approver'),
    );
  });
  it('happens once', () => {
    expect(() => decide(by('linus'), assign, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
    expect(() => decide(by('linus'), assign, decided(after(asked({ quorum: 2 })), by('linus')))).toThrow(
      refusal('request.already_decided'),
    );
    expect(() => decide(by('margaret'), assign, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
    expect(() => decide(by('linus', { named: new Set() }), assign, decided(after(asked()), by('linus')))).toThrow(
      refusal('request.not_pending'),
    );
  });
  it('follows the rules of the day it is completed on', () => {
    expect(decided(after(asked()), by('linus'), { outcome: 'not-eligible' })).toMatchObject({
      status: 'denied',
      code: 'no_longer_eligible',
    });
    expect(decided(after(asked()), by('linus'), { outcome: 'already-held' })).toMatchObject({
      status: 'cancelled',
      code: 'already_held',
    });
  });
  it('keeps words personal to who said them', () => {
    const [fact] = decide(by('linus', { comment: 'she is good' }), assign, after(asked()));
    expect(fact).toMatchObject({ personal: { approver: { subject: 'linus', fields: { comment: 'she is good' } } } });
    expect(JSON.stringify(fact?.data)).not.toContain('good');
    expect(asked()).toMatchObject({
      personal: { requester: { subject: 'grace', fields: { justification: 'please' } } },
    });
  });
});

describe('a request ends without a decision', () => {
  it('when its time is over, not before, and not twice', () => {
    const open = after(asked());
    expect(timeOut('2026-03-05T09:59:59.999Z', open)).toEqual([]);
    const [expired] = timeOut('2026-03-05T10:00:00.000Z', open);
    expect(expired).toMatchObject({ type: 'RequestExpired', data: { code: 'timeout' } });
    expect(timeOut('2026-03-06T10:00:00.000Z', decided(open, by('linus')))).toEqual([]);
  });
  it('when the beneficiary leaves', () => {
    expect(cancelForLeaver(at, after(asked()))).toMatchObject([
      { type: 'RequestCancelled', data: { code: 'beneficiary_left' } },
    ]);
    expect(cancelForLeaver(at, decided(after(asked()), by('linus')))).toEqual([]);
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
    requesterId: 'ada',
    beneficiaryId: 'ada',
    beneficiaryManagerId: 'grace',
    beneficiaryInactive: false,
    eligible: true,
    held: false,
    open: false,
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
  ] as const)('for %s, %j: %s', (requestFor, more, code) => {
    expect(refusalOf(asking(more), { requestFor })).toBe(code);
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
