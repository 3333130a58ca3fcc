import type { Recorded } from '#libs/event-store/core.js';
import type { Origin } from '../policy/policy.exports.js';
import type { Access } from './access-state.js';
import type { CancelCode, PlanCode, PlannedStep, WorkflowEvent } from './workflow.events.js';
import type { StandingStep, WorkflowState } from './workflow-state.js';

/** The step as a fact tells it. */
export function stepTerms({ origin: _, ...step }: StandingStep): PlannedStep {
  return step;
}

export function stepsPlanned(
  identityId: string,
  code: PlanCode,
  steps: readonly PlannedStep[],
  plannedAt: string,
): WorkflowEvent[] {
  return steps.length === 0
    ? []
    : [{ type: 'WorkflowStepsPlanned', v: 1, data: { identityId, code, steps, plannedAt } }];
}

export function stepsCancelled(
  identityId: string,
  code: CancelCode,
  steps: readonly PlannedStep[],
  cancelledAt: string,
): WorkflowEvent {
  return { type: 'WorkflowStepsCancelled', v: 1, data: { identityId, code, steps, cancelledAt } };
}

/** When time alone makes a step due; steps that wait for something else are left out. */
export const stepsDue = ({ planned }: WorkflowState): readonly string[] =>
  planned.flatMap(({ afterLeaving, dueAt }) => (afterLeaving ? [] : [dueAt]));

export function foldWorkflow(state: Access, event: WorkflowEvent & Partial<Recorded>): Access {
  return { ...state, workflows: foldWorkflows(state.workflows, event) };
}

export function foldWorkflows(state: WorkflowState, event: WorkflowEvent & Partial<Recorded>): WorkflowState {
  switch (event.type) {
    case 'WorkflowStepsPlanned': {
      const { steps, code } = event.data;
      const origin = originOf(event);
      const begun = steps.flatMap(({ trigger, workflow }) => (trigger === 'leaver' ? [workflow] : []));
      return {
        planned: [...without(state.planned, steps), ...steps.map((step) => ({ ...step, origin }))],
        setAside: code === 'resumed' ? null : state.setAside,
        leaving: [...new Set([...state.leaving, ...begun])],
      };
    }
    case 'WorkflowStepTaken':
      return { ...state, planned: without(state.planned, [event.data.step]) };
    case 'WorkflowStepsCancelled': {
      const { steps, code } = event.data;
      const planned = without(state.planned, steps);
      if (code === 'left' || code === 'locked_down') return { ...state, planned, setAside: { code, steps } };
      return {
        planned,
        setAside: code === 'rehired' ? null : state.setAside,
        leaving: code === 'returned' || code === 'end_withdrawn' ? [] : state.leaving,
      };
    }
  }
}

const without = (planned: readonly StandingStep[], steps: readonly PlannedStep[]): readonly StandingStep[] =>
  planned.filter(({ stepId }) => !steps.some((one) => one.stepId === stepId));

function originOf({ id, correlationId }: Partial<Recorded>): Origin | null {
  return id === undefined || correlationId === undefined ? null : { causationId: id, correlationId };
}
