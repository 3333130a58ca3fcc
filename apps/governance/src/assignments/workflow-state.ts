import type { Origin } from '../policy/policy.exports.js';
import type { PlannedStep } from './workflow.events.js';

/** What workflows have planned for one person. */
export interface WorkflowState {
  readonly planned: readonly StandingStep[];
  /** Steps that go on if the person comes back; null for none. */
  readonly setAside: { readonly code: 'left' | 'locked_down'; readonly steps: readonly PlannedStep[] } | null;
  /** Workflows that have begun for the coming, or the last, end of access. */
  readonly leaving: readonly string[];
}

/** A planned step with the fact that planned it; null where that is not recorded yet. */
export interface StandingStep extends PlannedStep {
  readonly origin: Origin | null;
}

export const noWorkflows: WorkflowState = { planned: [], setAside: null, leaving: [] };
