import type { Approval, ApprovalStage } from '#libs/contracts/catalog.js';
import type { ProblemError } from '#libs/problems/problem.js';

/** Approvers that mean one person at most for each beneficiary; others mean any number. */
const isOne = (approver: string): boolean =>
  approver === 'manager' || approver === 'managers-manager' || approver.startsWith('user:');

/** Everybody whom a stage can ask, in the end. */
const namedIn = ({ approvers, escalateTo = [] }: ApprovalStage): readonly string[] => [...approvers, ...escalateTo];

const neededBy = ({ quorum }: ApprovalStage): number => (quorum === 'all' ? 1 : quorum);

/** Why nobody could ever be given what has this approval: it needs more different people than it names. */
export function approvalProblems(approval: Approval | null): ProblemError[] {
  if (approval === null || approval === 'none') return [];
  const { stages } = approval;
  const problems = stages.flatMap((stage, index): ProblemError[] => {
    const named = new Set(namedIn(stage));
    if (![...named].every(isOne) || neededBy(stage) <= named.size) return [];
    const detail = `is above the people there can be: the stage names ${named.size}`;
    return [{ pointer: `/approval/stages/${index}/quorum`, detail }];
  });
  if (problems.length > 0 || approval.distinctApprovers === false) return problems;
  const all = new Set(stages.flatMap(namedIn));
  const needed = stages.reduce((sum, stage) => sum + neededBy(stage), 0);
  if (![...all].every(isOne) || needed <= all.size) return [];
  const detail = `must be false: the stages need ${needed} different people, and name ${all.size}`;
  return [{ pointer: '/approval/distinctApprovers', detail }];
}
