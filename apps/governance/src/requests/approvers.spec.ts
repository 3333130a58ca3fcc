import { describe, expect, it } from '@jest/globals';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { approversOf, namedBy, type AboutApprovers } from './approvers.js';

const stage = (approvers: readonly string[], quorum = 1): ApprovalStage => ({
  approvers,
  quorum,
  timeout: 'P3D',
  onTimeout: 'deny',
});
const about = (more: Partial<AboutApprovers> = {}): AboutApprovers => ({
  requesterId: 'ada',
  beneficiaryId: 'ada',
  managerId: 'grace',
  managerNamed: true,
  applications: ['wiki'],
  ownersOf: () => new Set(['olga', 'grace']),
  ...more,
});
const here = (id: string) => (id === 'gone' ? 'inactive' : id === 'nobody' ? null : 'active');
const decidedBy = (approvers: readonly string[], more: Partial<AboutApprovers> = {}, quorum = 1) =>
  approversOf(stage(approvers, quorum), about(more), here);

describe('the approvers of a stage', () => {
  it('are everybody it names who is here', () => {
    expect(namedBy(stage(['application-owner', 'user:margaret']), about())).toEqual(
      new Set(['olga', 'grace', 'margaret']),
    );
    expect(decidedBy(['manager', 'application-owner', 'user:gone'])).toEqual({ able: ['grace', 'olga'], missing: [] });
  });

  it.each([
    ['no manager', ['manager'], { managerId: null, managerNamed: false }, 'the beneficiary has no manager'],
    ['a manager nobody knows', ['manager'], { managerId: null }, 'the manager that HR names is unknown'],
    ['a manager who has left', ['manager'], { managerId: 'gone' }, 'the manager has left'],
    ['the beneficiary for a manager', ['manager'], { managerId: 'ada' }, 'the manager is the beneficiary'],
    ['a manager who asks', ['manager'], { requesterId: 'grace' }, 'the manager is who asks'],
    ['no owner', ['application-owner'], { ownersOf: () => new Set<string>() }, 'no owner is named for wiki'],
    ['an owner who has left', ['application-owner'], { ownersOf: () => new Set(['gone']) }, 'an owner has left'],
    ['a user nobody knows', ['user:nobody'], {}, 'user:nobody is not a known identity'],
    ['a user who is the beneficiary', ['user:ada'], {}, 'user:ada is the beneficiary'],
  ])('cannot decide with %s', (_, approvers, more, why) => {
    const { able, missing } = decidedBy(approvers, more);
    expect([able, missing.join('; ')]).toEqual([[], expect.stringContaining(why)]);
  });

  it('are too few for a quorum above them, counted once each', () => {
    const quorum = 'the package needs 2 different approvals, and 1 can be given';
    expect(decidedBy(['manager', 'user:grace'], {}, 2)).toEqual({ able: ['grace'], missing: [quorum] });
    expect(decidedBy(['manager', 'application-owner'], {}, 2).missing).toEqual([]);
  });
});
