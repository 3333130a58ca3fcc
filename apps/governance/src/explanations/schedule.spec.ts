import { noAccess, type Access } from '../assignments/assignments.exports.js';
import { scheduleOf, type OpenRequest } from './schedule.js';

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
const eventsOf = (state: Partial<typeof assignment>, of: Partial<OpenRequest> = {}, now = at) =>
  scheduleOf({ ...noAccess, assignments: [{ ...assignment, ...state }] }, [{ ...request, ...of }], now).map((step) => [
    step.at.slice(0, 10),
    step.event,
  ]);

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
    expect(scheduleOf({ ...noAccess, assignments: [{ ...endless, phase: 'active' }] }, [], at)).toEqual([]);
  });
});
