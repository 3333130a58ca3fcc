import type { Recorded } from '#libs/event-store/core.js';
import type { Origin } from '../policy/policy.exports.js';
import type { Access } from './access-state.js';
import type {
  CancelCode,
  PlanCode,
  PlannedStep,
  StepAnswer,
  StepCode,
  WorkflowEvent,
  WorkflowStepsCancelled,
  WorkflowStepTaken,
} from './workflow.events.js';
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
      const isAgain = ({ step }: { readonly step: PlannedStep }): boolean => isAmong(step, steps);
      return {
        planned: [...without(state.planned, steps), ...steps.map((step) => ({ ...step, origin }))],
        setAside: code === 'resumed' ? null : state.setAside,
        leaving: [...new Set([...state.leaving, ...begun])],
        acting: state.acting.filter((one) => !isAgain(one)),
        took: state.took.filter((one) => !isAgain(one)),
      };
    }
    case 'WorkflowStepTaken':
      return taken(state, event.data);
    case 'WorkflowStepAnswered': {
      const { step, answers } = event.data;
      const isOver = step.action === 'transfer-ownership' && answers.every(({ word }) => word !== 'waiting');
      const others = state.acting.filter((one) => one.step.stepId !== step.stepId);
      const { recipient } = event.data;
      return { ...state, acting: isOver ? others : [...others, { step, answers, recipient }] };
    }
    case 'WorkflowStepsCancelled':
      return cancelled(state, event.data);
  }
}

function taken(
  state: WorkflowState,
  { step, answers = [], recipient, revoked }: WorkflowStepTaken['data'],
): WorkflowState {
  return {
    ...state,
    planned: without(state.planned, [step]),
    acting: answers.length === 0 ? state.acting : [...state.acting, { step, answers, recipient }],
    took: revoked === undefined || step.trigger !== 'leaver' ? state.took : [...state.took, { step, terms: revoked }],
  };
}

function cancelled(state: WorkflowState, { steps, code }: WorkflowStepsCancelled['data']): WorkflowState {
  const planned = without(state.planned, steps);
  if (code === 'left' || code === 'locked_down') return { ...state, planned, setAside: { code, steps } };
  const setAside = code === 'rehired' ? null : state.setAside;
  if (code !== 'returned' && code !== 'end_withdrawn') return { ...state, planned, setAside };
  const acting = state.acting.filter(({ step }) => step.trigger !== 'leaver');
  return { planned, setAside, leaving: [], acting, took: [] };
}

/** Does a step that was taken have this effect still? */
export const isActing = ({ acting }: WorkflowState, action: PlannedStep['action']): boolean =>
  acting.some(({ step }) => step.action === action);

/** What an application answers changes in the steps that wait for it. Older answers and repeats change nothing. */
export function answeredSteps(
  answer: Pick<StepAnswer, 'about' | 'epoch' | 'sequence'> & { readonly word: 'done' | 'failed' },
  identityId: string,
  { acting }: WorkflowState,
  answeredAt: string,
): WorkflowEvent[] {
  return acting.flatMap(({ step, answers, recipient }): WorkflowEvent[] => {
    const waits = (one: StepAnswer): boolean =>
      one.about === answer.about &&
      !isByHand(one) &&
      one.word !== 'done' &&
      one.word !== answer.word &&
      !isOlder(answer, one);
    if (!answers.some(waits)) return [];
    const now = answers.map((one) => (waits(one) ? { ...one, word: answer.word } : one));
    const code = failureOf(now);
    const data = { identityId, step, answers: now, code, recipient, answeredAt };
    return [{ type: 'WorkflowStepAnswered', v: 1, data }];
  });
}

/** Why a step fails by these answers; null: it does not. */
function failureOf(answers: readonly StepAnswer[]): StepCode | null {
  const failed = answers.filter(({ word }) => word === 'failed');
  if (failed.length === 0) return null;
  return failed.every(isByHand) ? 'by_hand' : 'refused_by_application';
}

/** Nobody answers for an application that the hub does not provision. */
export const byHand = (about: string): StepAnswer => ({ about, epoch: 0, sequence: 0, word: 'failed' });
const isByHand = ({ epoch, sequence }: StepAnswer): boolean => epoch === 0 && sequence === 0;

/** How a transfer of ownership ended. @param code why it failed; null: it did not */
export function transferAnswered(
  stepId: string,
  code: StepCode | null,
  identityId: string,
  { acting }: WorkflowState,
  answeredAt: string,
): WorkflowEvent[] {
  return acting
    .filter(({ step }) => step.stepId === stepId)
    .map(({ step, answers, recipient }) => {
      const word = code === null ? ('done' as const) : ('failed' as const);
      const data = { identityId, step, answers: answers.map((one) => ({ ...one, word })), code, recipient, answeredAt };
      return { type: 'WorkflowStepAnswered', v: 1, data };
    });
}

const isOlder = (one: Pick<StepAnswer, 'epoch' | 'sequence'>, other: Pick<StepAnswer, 'epoch' | 'sequence'>): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.sequence < other.sequence);

/** In a simulation, steps have no ids of their own. */
const isAmong = ({ stepId, workflow }: PlannedStep, steps: readonly PlannedStep[]): boolean =>
  steps.some((one) => one.stepId === stepId && one.workflow === workflow);

const without = (planned: readonly StandingStep[], steps: readonly PlannedStep[]): readonly StandingStep[] =>
  planned.filter((one) => !isAmong(one, steps));

function originOf({ id, correlationId }: Partial<Recorded>): Origin | null {
  return id === undefined || correlationId === undefined ? null : { causationId: id, correlationId };
}
