import { describe, expect, it } from '@jest/globals';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { escalationOf, namedBy, openingOf, type AboutApprovers, type PeopleWhoDecide } from './approvers.js';

const stage = (approvers: readonly string[], more: Partial<ApprovalStage> = {}): ApprovalStage => ({
  approvers,
  quorum: 1,
  timeout: 'P3D',
  onTimeout: 'deny',
  ...more,
});
const managers: Record<string, string> = { ada: 'grace', grace: 'boss', rita: 'ada', remy: 'rita', loop: 'loop' };
const people = (more: Partial<PeopleWhoDecide> = {}): PeopleWhoDecide => ({
  statusOf: (id) => (id === 'gone' ? 'inactive' : id === 'nobody' ? null : id === 'away' ? 'on-leave' : 'active'),
  managerOf: (id) => managers[id] ?? null,
  holdersOf: (id) => (id === 'stewards' ? ['sam', 'sue'] : []),
  hasDelegate: () => false,
  ...more,
});
const about = (more: Partial<AboutApprovers> = {}): AboutApprovers => ({
  requesterId: 'ada',
  beneficiaryId: 'ada',
  managerId: 'grace',
  managerNamed: true,
  applications: ['wiki'],
  ownersOf: () => new Set(['olga', 'grace']),
  people: people(),
  decidedBefore: new Set(),
  excepted: new Set(),
  ...more,
});
const opened = (approvers: readonly string[], more: Partial<AboutApprovers> = {}, of: Partial<ApprovalStage> = {}) =>
  openingOf(stage(approvers, of), about(more));

describe('the approvers of a stage', () => {
  it('are everybody it names who is here', () => {
    expect(namedBy(['application-owner', 'user:margaret'], about())).toEqual(new Set(['olga', 'grace', 'margaret']));
    expect(opened(['manager', 'application-owner', 'user:gone'])).toMatchObject({
      able: ['grace', 'olga'],
      missing: [],
    });
    expect(opened(['managers-manager', 'package:stewards']).able).toEqual(['boss', 'sam', 'sue']);
  });

  it.each([
    ['no manager', ['manager'], { managerId: null, managerNamed: false }, 'the beneficiary has no manager'],
    ['a manager nobody knows', ['manager'], { managerId: null }, 'the manager that HR names is unknown'],
    ['a manager who has left', ['manager'], { managerId: 'gone' }, 'the manager has left'],
    ['the beneficiary for a manager', ['manager'], { managerId: 'ada' }, 'the manager is the beneficiary'],
    ['a manager who asks', ['manager'], { requesterId: 'grace' }, 'the manager is who asks'],
    ['a manager without a manager', ['managers-manager'], { managerId: 'boss' }, 'the manager has no manager'],
    ['no owner', ['application-owner'], { ownersOf: () => new Set<string>() }, 'no owner is named for wiki'],
    ['an owner who has left', ['application-owner'], { ownersOf: () => new Set(['gone']) }, 'an owner has left'],
    ['a user nobody knows', ['user:nobody'], {}, 'user:nobody is not a known identity'],
    ['a user who is the beneficiary', ['user:ada'], {}, 'user:ada is the beneficiary'],
    ['holders of a package nobody holds', ['package:empty'], {}, 'nobody holds empty'],
    ['somebody who reports to the beneficiary', ['user:rita'], {}, 'reports to who asks, or to the beneficiary'],
    ['somebody far below the beneficiary', ['user:remy'], {}, 'reports to who asks, or to the beneficiary'],
    ['somebody who decided before', ['user:sam'], { decidedBefore: new Set(['sam']) }, 'decided in an earlier stage'],
  ])('cannot decide with %s', (_, approvers, more, why) => {
    const { able, missing } = opened(approvers, more);
    expect([able, missing.join('; ')]).toEqual([[], expect.stringContaining(why)]);
  });

  it('ends the walk up a ring of managers', () => {
    expect(opened(['user:loop']).able).toEqual(['loop']);
  });

  it('are too few for a quorum above them, counted once each', () => {
    const quorum = 'the package needs 2 different approvals, and 1 can be given';
    expect(opened(['manager', 'user:grace'], {}, { quorum: 2 })).toMatchObject({ able: ['grace'], missing: [quorum] });
    expect(opened(['manager', 'application-owner'], {}, { quorum: 2 }).missing).toEqual([]);
  });

  it('must all agree where the quorum is all, of those who are here', () => {
    expect(opened(['application-owner', 'user:gone'], {}, { quorum: 'all' })).toMatchObject({
      able: ['grace', 'olga'],
      quorum: 2,
    });
  });
});

describe('the escalation list', () => {
  const to = { escalateTo: ['user:sam'] };
  it.each([
    ['there is no manager', { managerId: null, managerNamed: false }, 'the beneficiary has no manager'],
    ['the manager has left', { managerId: 'gone' }, 'the manager has left'],
    ['the manager is on leave without a delegate', { managerId: 'away' }, 'is on leave, without a delegate'],
    ['the manager asks', { requesterId: 'grace' }, 'the manager is who asks'],
  ])('decides where %s, and the reason is kept', (_, more, reason) => {
    expect(opened(['manager'], more, to)).toEqual({
      able: ['sam'],
      quorum: 1,
      escalation: { reasons: [expect.stringContaining(reason)] },
      missing: [],
    });
  });
  it('is not asked where the approvers can decide', () => {
    expect(opened(['manager'], {}, to)).toMatchObject({ able: ['grace'], escalation: null });
    const delegated = { managerId: 'away', people: people({ hasDelegate: (id) => id === 'away' }) };
    expect(opened(['manager'], delegated, to)).toMatchObject({ able: ['away'], escalation: null });
  });
  it('missing, somebody on leave decides after their return', () => {
    expect(opened(['manager'], { managerId: 'away' })).toMatchObject({ able: ['away'], missing: [] });
  });
  it('excludes people as approvers are excluded', () => {
    expect(opened(['user:gone'], {}, { escalateTo: ['user:ada'] }).missing.join()).toContain('is the beneficiary');
  });
  it('decides after nobody did in time, or the managers of those who were asked', () => {
    expect(escalationOf(stage(['manager'], to), ['grace'], about())).toMatchObject({ able: ['sam'], missing: [] });
    expect(escalationOf(stage(['manager']), ['grace'], about())).toMatchObject({
      able: ['boss'],
      escalation: { reasons: ['nobody decided in time'] },
    });
  });
});
