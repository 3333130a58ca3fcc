import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { approvalProblems } from './approval-limits.js';

const stage = (approvers: string[], more: Partial<ApprovalStage> = {}): ApprovalStage => ({
  approvers,
  quorum: 1,
  timeout: 'P3D',
  onTimeout: 'deny',
  escalateTo: [],
  ...more,
});
const pointers = (stages: readonly ApprovalStage[], distinctApprovers = true): string[] =>
  approvalProblems({ stages, distinctApprovers }).map(({ pointer }) => pointer);

describe('an approval that nobody could give', () => {
  it('has a quorum above the people there can be: a relation to a manager is one person', () => {
    for (const approvers of [['user:a'], ['manager'], ['manager', 'managers-manager', 'user:a']])
      expect(pointers([stage(approvers, { quorum: approvers.length + 1 })])).toEqual(['/approval/stages/0/quorum']);
    for (const approvers of [['application-owner'], ['package:a'], ['manager', 'package:a']])
      expect(pointers([stage(approvers, { quorum: 3 })])).toEqual([]);
    expect(pointers([stage(['manager'], { quorum: 'all' })])).toEqual([]);
  });

  it('counts those who help when too few can decide', () => {
    expect(pointers([stage(['manager'], { quorum: 2, escalateTo: ['user:a'] })])).toEqual([]);
    expect(pointers([stage(['manager'], { quorum: 3, escalateTo: ['user:a'] })])).toHaveLength(1);
  });

  it('needs other people in each stage than the stages name', () => {
    const twice = [stage(['user:a']), stage(['user:a'])];
    expect(pointers(twice)).toEqual(['/approval/distinctApprovers']);
    expect(pointers(twice, false)).toEqual([]);
    expect(pointers([stage(['manager']), stage(['user:a'])])).toEqual([]);
    expect(pointers([stage(['user:a']), stage(['user:a', 'application-owner'])])).toEqual([]);
  });

  it('is none where none is needed', () => {
    expect([approvalProblems(null), approvalProblems('none')]).toEqual([[], []]);
  });
});
