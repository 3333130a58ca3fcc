import type { ProblemError } from '#libs/problems/problem.js';
import type { PullRule } from '../accounts/accounts.exports.js';
import { isWritablePath } from '../targets/targets.exports.js';
import { coreSchemaProblem } from './core-schema.js';
import type { PullRuleDto } from './mapping.dto.js';

/** The rules with their defaults. */
export const pullRulesOf = (stated: readonly PullRuleDto[] | undefined): PullRule[] =>
  (stated ?? []).map(({ target, attribute, precedence }) => ({ target, attribute, precedence: precedence ?? 100 }));

/** What is wrong with stated rules. */
export function pullProblems(stated: readonly PullRuleDto[] | undefined): ProblemError[] {
  const rules = stated ?? [];
  return rules.flatMap(({ target, attribute }, index) => [
    ...targetProblems(target).map((detail) => ({ pointer: `/pull/${index}/target`, detail })),
    ...(rules.slice(0, index).some((one) => one.attribute === attribute)
      ? [{ pointer: `/pull/${index}/attribute`, detail: 'is given twice: keep one of the rules' }]
      : []),
  ]);
}

function targetProblems(target: string): string[] {
  if (target === 'id') return [];
  if (!isWritablePath(target)) return ['is not an attribute path, and not id'];
  const ofCore = coreSchemaProblem(target);
  return ofCore === null ? [] : [ofCore];
}
