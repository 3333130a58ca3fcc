import { noAccess, type Access } from '../assignments/assignments.exports.js';
import { scheduleOf, type OpenRequest, type Surroundings } from './schedule.js';

const at = '2026-03-02T09:00:00.000Z';
const assignment: Access['assignments'][number] = {
  assignmentId: 'a1',
  identityId: 'ada',
  packageId: 'guest',
  packageVersion: 1,
  cause: { type: 'request', request: 'q1', approvers: [] },
  since: '2026-03-03T09:00:00.000Z',
  until: '2026-04-02T09:00:00.000Z',
  applications: [],
  phase: 'scheduled',
  noticed: null,
  grace: null,
  graceOrigin: null,
  keptFor: null,
  reached: {},
  movesTo: null,
};
const request: OpenRequest = {
  requestId: 'q2',
  packageId: 'editor',
  dueAt: '2026-03-06T09:00:00.000Z',
  remindedAt: '2026-03-04T09:00:00.000Z',
  escalates: false,
};
const around = (more: Partial<Surroundings> = {}): Surroundings => ({ requests: [], dates: {}, reviews: [], ...more });
const eventsOf = (state: Partial<typeof assignment>, of: Partial<OpenRequest> = {}, now = at) =>
  scheduleOf(
    { ...noAccess, assignments: [{ ...assignment, ...state }] },
    around({ requests: [{ ...request, ...of }] }),
    now,
  ).map((step) => [step.at.slice(0, 10), step.event]);

describe('the schedule of a person', () => {
  it('says what will happen to assignments and open requests, earliest first', () => {
    expect(eventsOf({})).toEqual([
      ['2026-03-03', 'assignment-starts'],
      ['2026-03-04', 'approvers-reminded'],
      ['2026-03-06', 'request-expires'],
      ['2026-03-19', 'assignment-end-announced'],
      ['2026-04-01', 'assignment-end-announced'],
      ['2026-04-02', 'assignment-ends'],
    ]);
  });
  it('says nothing of what has happened', () => {
    expect(
      eventsOf({ phase: 'active', noticed: 14 }, { escalates: true, remindedAt: null }, '2026-03-05T09:00:00Z'),
    ).toEqual([
      ['2026-03-06', 'request-escalates'],
      ['2026-04-01', 'assignment-end-announced'],
      ['2026-04-02', 'assignment-ends'],
    ]);
  });
  it('is empty where time changes nothing', () => {
    const { until: _, ...endless } = assignment;
    expect(scheduleOf({ ...noAccess, assignments: [{ ...endless, phase: 'active' }] }, around(), at)).toEqual([]);
  });
  it('says when the person leaves, and nothing of what the leaving ends before', () => {
    const dates = { 'person-leaves': '2026-03-19T23:00:00.000Z' };
    const state = { ...noAccess, assignments: [assignment] };
    const steps = scheduleOf(state, around({ dates, requests: [request] }), at);
    expect(steps.map((step) => [step.at.slice(0, 10), step.event])).toEqual([
      ['2026-03-03', 'assignment-starts'],
      ['2026-03-04', 'approvers-reminded'],
      ['2026-03-06', 'request-expires'],
      ['2026-03-19', 'assignment-end-announced'],
      ['2026-03-19', 'person-leaves'],
    ]);
    expect(steps.at(-1)).toMatchObject({ packageId: null, why: expect.stringContaining('all access ends') });
  });
  it('says when somebody starts, and when a leave begins and ends', () => {
    const dates = { 'leave-begins': '2026-04-01T00:00:00.000Z', 'leave-ends': '2026-05-01T00:00:00.000Z' };
    expect(scheduleOf(noAccess, around({ dates }), at).map(({ event }) => event)).toEqual([
      'leave-begins',
      'leave-ends',
    ]);
    const first = { 'person-starts': '2026-03-10T00:00:00.000Z' };
    expect(scheduleOf(noAccess, around({ dates: first }), at)).toMatchObject([{ event: 'person-starts' }]);
    expect(scheduleOf(noAccess, around({ dates: first }), first['person-starts'])).toEqual([]);
  });
  it('says when exceptions, exclusions and reviews end, by when violations are due, and what follows', () => {
    const until = '2026-04-01T00:00:00.000Z';
    const separated = { exceptionId: 'e', identityId: 'ada', rule: 'payments', grantedBy: 'g', until };
    const finding = { findingId: 'f', identityId: 'ada', rule: 'duty', packages: [], foundAt: at, dueAt: until };
    const state: Access = {
      ...noAccess,
      exceptions: [separated],
      findings: [
        { ...finding, status: 'open' },
        { ...finding, status: 'excepted' },
      ],
      exclusions: [{ exclusionId: 'x', identityId: 'ada', packageId: 'base', excludedBy: 'g', until }],
    };
    const review = { dueAt: until, packageId: 'guest', assignmentId: 'a1' };
    const reviews = [
      { ...review, onNoResponse: 'revoke' as const },
      { ...review, onNoResponse: 'keep' as const },
    ];
    expect(scheduleOf(state, around({ reviews }), at)).toMatchObject([
      { event: 'exception-ends', why: expect.stringContaining('payments') },
      { event: 'finding-due', why: expect.stringContaining('duty') },
      { event: 'review-ends', assignmentId: 'a1', why: expect.stringContaining('is revoked') },
      { event: 'review-ends', why: expect.stringContaining('stays') },
      { event: 'exclusion-ends', packageId: 'base' },
    ]);
  });
});
