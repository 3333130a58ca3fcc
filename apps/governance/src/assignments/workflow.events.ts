import type { Fact } from '#libs/event-store/core.js';
import type { WorkflowStep, WorkflowTrigger } from '../policy/policy.exports.js';
import type { AssignmentTerms } from './assignment-terms.js';

/** What workflows do with one person. Stream: `access-<identityId>`. */
export type WorkflowEvent = WorkflowStepsPlanned | WorkflowStepTaken | WorkflowStepAnswered | WorkflowStepsCancelled;

export const workflowFacts = [
  'WorkflowStepsPlanned',
  'WorkflowStepTaken',
  'WorkflowStepAnswered',
  'WorkflowStepsCancelled',
] as const;

/** One step for one person, as its workflow said when it began. */
export interface PlannedStep extends WorkflowStep {
  readonly stepId: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly trigger: WorkflowTrigger;
  readonly dueAt: string;
  /** It is taken once the person has left, not at `dueAt` alone. */
  readonly afterLeaving: boolean;
}

/** Why steps are planned: their workflow began, their date has moved, or the person is back and they go on. */
export type PlanCode = 'started' | 'rescheduled' | 'resumed';

/** Steps that are planned from now on; one that was planned before has these terms now. */
export type WorkflowStepsPlanned = Fact<
  'WorkflowStepsPlanned',
  1,
  {
    readonly identityId: string;
    readonly code: PlanCode;
    readonly steps: readonly PlannedStep[];
    readonly plannedAt: string;
  }
>;

/** `not-needed`: there was nothing to do. `failed`: it could not be done. */
export type StepOutcome = 'done' | 'not-needed' | 'failed';

export const stepCodes = [
  /** The person has the package. */
  'already_held',
  'not_held',
  /** A later step that is due, too, takes it again. */
  'already_over',
  /** The package gives nothing, or is unknown. */
  'not_published',
  /** The package gives what is privileged. */
  'privileged',
  'not_eligible',
  /** Somebody has revoked it, so that no rule gives it for a time. */
  'excluded',
  /** Separation of duties forbids it. */
  'incompatible',
  /** A birthright rule gives it, and would give it again. */
  'given_by_rule',
  'no_manager',
  'workflow_disabled',
  /** The person has no account that could be disabled or deleted. */
  'no_account',
  /** Everything was to be disabled before. */
  'already_disabled',
  /** Somebody else than the hub gives and takes accounts in an application: it is to be done there by hand. */
  'by_hand',
  /** An application refuses to disable or delete the account. */
  'refused_by_application',
  /** A document that names the person could not be changed. */
  'transfer_refused',
] as const;
export type StepCode = (typeof stepCodes)[number];

export type WorkflowStepTaken = Fact<
  'WorkflowStepTaken',
  1,
  {
    readonly identityId: string;
    readonly step: PlannedStep;
    readonly outcome: StepOutcome;
    /** Null: it is done. */
    readonly code: StepCode | null;
    /** The assignment that it gave or revoked; null for none. */
    readonly assignmentId: string | null;
    /** Who is told; null for another action, or where there is nobody. */
    readonly recipient: string | null;
    readonly takenAt: string;
    /** Who has to answer before it is done. Absent: nobody. */
    readonly answers?: readonly StepAnswer[];
    /** What it revoked, which comes back if a later end makes the step wrong. Absent: nothing. */
    readonly revoked?: AssignmentTerms;
  }
>;

/** What became of a step in one application; of a transfer of ownership: in `governance`. */
export interface StepAnswer {
  readonly about: string;
  /** Of the desired access that says it; 0 for a transfer, and where the hub does not provision the application. */
  readonly epoch: number;
  readonly sequence: number;
  readonly word: 'waiting' | 'done' | 'failed';
}

/** A step that was taken has an answer; all answers as they are now. */
export type WorkflowStepAnswered = Fact<
  'WorkflowStepAnswered',
  1,
  {
    readonly identityId: string;
    readonly step: PlannedStep;
    readonly answers: readonly StepAnswer[];
    readonly code: StepCode | null;
    readonly recipient: string | null;
    readonly answeredAt: string;
  }
>;

export const cancelCodes = [
  'left',
  'locked_down',
  /** The person is back. */
  'returned',
  /** The person was hired again: what the former employment had planned does not go on. */
  'rehired',
  /** HR states no end any more. */
  'end_withdrawn',
  /** The same workflow has begun again. */
  'begun_again',
] as const;
export type CancelCode = (typeof cancelCodes)[number];

export type WorkflowStepsCancelled = Fact<
  'WorkflowStepsCancelled',
  1,
  {
    readonly identityId: string;
    readonly steps: readonly PlannedStep[];
    readonly code: CancelCode;
    readonly cancelledAt: string;
  }
>;
