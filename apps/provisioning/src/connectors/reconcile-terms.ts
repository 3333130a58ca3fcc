import type { ProblemError } from '#libs/problems/problem.js';

/**
 * What is done about what somebody changed in the application. `report`: it is listed; `revert`: what is desired is written again;
 * `adopt`: what is there stays until something else is desired; `ask`: a person decides.
 */
export const remedies = ['report', 'revert', 'adopt', 'ask'] as const;
export type Remedy = (typeof remedies)[number];

/** When the application is read, and what is done about differences. */
export interface ReconcileTerms {
  /** ISO 8601 duration between readings; null: only when somebody asks. */
  readonly every: string | null;
  readonly remediate: Remedy;
  /** By the path of an attribute, or `account`, `groups` or `roles`. */
  readonly attributes: readonly { readonly target: string; readonly remediate: Remedy }[];
}

/** As an administrator states them. */
interface StatedReconcile {
  readonly every?: string | null;
  readonly remediate?: Remedy;
  readonly attributes?: readonly { readonly target: string; readonly remediate: Remedy }[];
}

export function reconcileOf(stated: StatedReconcile | null | undefined): ReconcileTerms {
  const { every, remediate, attributes } = stated ?? {};
  return {
    every: every ?? null,
    remediate: remediate ?? 'report',
    attributes: (attributes ?? []).map(({ target, remediate: own }) => ({ target, remediate: own })),
  };
}

/** What the fields alone do not show to be wrong. */
export function reconcileProblems({ reconcile }: { readonly reconcile?: StatedReconcile | null }): ProblemError[] {
  const targets = (reconcile?.attributes ?? []).map(({ target }) => target);
  const twice = targets.findIndex((target, index) => targets.indexOf(target) !== index);
  return twice < 0
    ? []
    : [{ pointer: `/reconcile/attributes/${twice}/target`, detail: 'is there before: give each target once' }];
}
