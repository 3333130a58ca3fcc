import type { SeenExchange } from '#libs/outgoing/seen-exchange.js';
import type { AccountTerms } from '../accounts/accounts.exports.js';

/** `provision`: the account is worked on now. `dry-run`: nothing is changed in the application. */
export const runKinds = ['provision', 'dry-run'] as const;
export type RunKind = (typeof runKinds)[number];

/** What a run does, in this order. */
export const stepNames = ['source', 'scope', 'match', 'values', 'calls', 'verification'] as const;
export type StepName = (typeof stepNames)[number];

/** A value that a step read, made or found. */
export interface StepValue {
  readonly name: string;
  readonly value: unknown;
  /** What the application shows; null where it shows none, or was not asked. */
  readonly shown: unknown;
  /** Null where nothing was compared. */
  readonly isSame: boolean | null;
}

/** One step of a run, as it is shown. */
export interface RunStep {
  readonly name: StepName;
  /** `skipped`: there was nothing to do, or a step before failed. */
  readonly outcome: 'done' | 'failed' | 'skipped';
  readonly detail: string;
  readonly values: readonly StepValue[];
  readonly requests: readonly SeenExchange[];
}

/** Stated in place of the connector's own for a dry run. */
export type StatedTerms = Partial<AccountTerms>;

export function step(
  name: StepName,
  outcome: RunStep['outcome'],
  detail: string,
  more: Partial<Pick<RunStep, 'values' | 'requests'>> = {},
): RunStep {
  return { name, outcome, detail, values: [], requests: [], ...more };
}

/** All steps of a run: those after the last one were skipped. */
export function wholeRun(steps: readonly RunStep[]): readonly RunStep[] {
  return stepNames.map(
    (name) => steps.find((one) => one.name === name) ?? step(name, 'skipped', 'a step before it ended the run'),
  );
}

/** A run is as good as its steps. */
export const statusOf = (steps: readonly RunStep[]): 'completed' | 'failed' =>
  steps.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'completed';

export const plainValue = (name: string, value: unknown): StepValue => ({ name, value, shown: null, isSame: null });
