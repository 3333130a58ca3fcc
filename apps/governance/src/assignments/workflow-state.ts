import type { Origin } from '../policy/policy.exports.js';
import type { AssignmentTerms } from './assignment-terms.js';
import type { PlannedStep, StepAnswer } from './workflow.events.js';

/** What workflows have planned for one person, and what they did that lasts. */
export interface WorkflowState {
  readonly planned: readonly StandingStep[];
  /** Steps that go on if the person comes back; null for none. */
  readonly setAside: { readonly code: 'left' | 'locked_down'; readonly steps: readonly PlannedStep[] } | null;
  /** Workflows that have begun for the coming, or the last, end of access. */
  readonly leaving: readonly string[];
  /** Steps that were taken, and have an effect still or wait for an answer. */
  readonly acting: readonly ActingStep[];
  /** What steps before the end have revoked. */
  readonly took: readonly TookStep[];
}

/** A planned step with the fact that planned it; null where that is not recorded yet. */
export interface StandingStep extends PlannedStep {
  readonly origin: Origin | null;
}

export interface ActingStep {
  readonly step: PlannedStep;
  readonly answers: readonly StepAnswer[];
  readonly recipient: string | null;
}

export interface TookStep {
  readonly step: PlannedStep;
  readonly terms: AssignmentTerms;
}

export const noWorkflows: WorkflowState = { planned: [], setAside: null, leaving: [], acting: [], took: [] };
