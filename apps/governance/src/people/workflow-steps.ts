import {
  byHand,
  type Changes,
  isActing,
  noChanges,
  type PlannedStep,
  restored,
  type TakenAssignment,
  type StepAnswer,
  stepTerms,
  termsOf,
  type StepCode,
  type StepOutcome,
  type WorkflowEvent,
} from '../assignments/assignments.exports.js';
import { type CatalogSnapshot, isLive, type DefinedWorkflow, type WorkflowAction } from '../policy/policy.exports.js';
import type { Derived } from './derive.js';
import type { Given, KnownPerson } from './given.js';
import { mayHave } from './may-have.js';
import { endOf, planWorkflows, stepsOf } from './workflow-plan.js';
import { type Doing, type May, Taking } from './workflow-taking.js';

/** What the workflows of one person do now. */
export interface WorkflowChanges {
  readonly created: Changes['created'];
  readonly revoked: Changes['revoked'];
  readonly effects: WorkflowEffects;
  /**
   * What was planned, and the steps that were taken.
   * @param admitted what begins now of all that was to begin @param desired what changes in the applications
   */
  readonly facts: (admitted: Changes['created'], desired: Derived['desired']) => readonly WorkflowEvent[];
}

/** What steps that were taken do as long as nothing takes it back. */
export interface WorkflowEffects {
  /** All accounts are disabled before the person leaves. */
  readonly disables: boolean;
  /** The accounts of the leaver are deleted. */
  readonly deletes: boolean;
}

/** There was nothing to do. */
const notNeeded: ReadonlySet<StepCode> = new Set([
  'already_held',
  'already_over',
  'not_held',
  'no_account',
  'already_disabled',
]);

/** Plans the workflows of today's joiners, movers and leavers, and takes the steps that are due. */
export function workflowChanges(
  person: KnownPerson,
  catalog: CatalogSnapshot,
  may: May,
  given: Given,
): WorkflowChanges {
  const { facts, after, back } = planWorkflows(person, catalog, given);
  const due = after.planned
    .filter((one) => isDue(one, given))
    .map(stepTerms)
    .sort((one, other) => (one.dueAt < other.dueAt ? -1 : one.dueAt > other.dueAt ? 1 : 0));
  const taking = new Taking(person, catalog, may, given);
  const done = due.map((step, index) => taking.take(step, due.slice(index + 1)));
  const does = (action: WorkflowAction): boolean =>
    isActing(after, action) || done.some(({ step, code }) => step.action === action && code === null);
  return {
    created: [...returning(back, may, catalog, given), ...done.flatMap(({ created }) => created ?? [])],
    revoked: done.flatMap(({ revoked }) =>
      revoked === undefined ? [] : [{ assignment: revoked, code: 'revoked_by_workflow', reason: null }],
    ),
    effects: { disables: isHere(person) && does('disable'), deletes: does('delete') },
    facts: (admitted, desired) => [
      ...facts,
      ...done.map((one) => {
        const telling = { person, desired, epoch: given.epoch, catalog };
        return takenFact(admittedOf(one, admitted), telling, given.at);
      }),
    ],
  };
}

const isHere = ({ identity }: KnownPerson): boolean => identity.state.status !== 'inactive';

/** To foresee what a change gives in the end, days do not count; that somebody leaves is foreseen by nothing. */
const isDue = ({ dueAt, afterLeaving, trigger }: PlannedStep, { at, withoutGrace }: Given): boolean =>
  !afterLeaving && (dueAt <= at || (withoutGrace === true && trigger !== 'leaver'));

/** What was revoked before an end that has moved or is withdrawn, as far as the rules of today allow it. */
function returning(
  back: ReturnType<typeof planWorkflows>['back'],
  { resource }: May,
  catalog: CatalogSnapshot,
  { at, newId }: Given,
): Changes['created'] {
  const taken = back.map(({ terms }) => ({
    ...{ terms, phase: 'active' as const, grace: null, reached: {} },
    ...{ takenAt: at, offered: false },
  }));
  const mayHaveIt = ({ terms: { packageId } }: TakenAssignment): boolean => {
    const known = catalog.accessPackage(packageId)?.document;
    return known !== undefined && isLive(known) && catalog.isEligible(packageId, resource);
  };
  return restored({ taken }, { at, newId, mayHave: mayHaveIt });
}

/** What one step would do for a person. */
export interface ForeseenStep {
  readonly step: PlannedStep;
  /** Why it would not be done; null: it would. */
  readonly code: StepCode | null;
  /** Is its date known already? */
  readonly isDated: boolean;
}

/**
 * What a workflow would do for a person if it began now and every step were taken today, one after the other.
 * @param catalog with the workflow
 */
export function foreseenSteps(
  person: KnownPerson,
  workflow: DefinedWorkflow,
  catalog: CatalogSnapshot,
  given: Given,
): ForeseenStep[] {
  const { trigger } = workflow.document;
  const end = trigger === 'leaver' ? endOf(person.identity.state, given) : null;
  const steps = stepsOf(workflow, end ?? Date.parse(given.at), given).sort(byDay);
  const taking = new Taking(person, catalog, mayHave(person, catalog, noChanges, given), given);
  return steps.map((step) => ({ step, code: taking.take(step, []).code, isDated: end !== null }));
}

const byDay = (one: PlannedStep, other: PlannedStep): number => one.offsetDays - other.offsetDays;

/** Whatever keeps what a step gives from beginning is told. */
function admittedOf(doing: Doing, admitted: Changes['created']): Doing {
  const { created, step } = doing;
  if (created === undefined || admitted.some(({ assignmentId }) => assignmentId === created.assignmentId)) return doing;
  const isGiven = admitted.some(({ packageId }) => packageId === created.packageId);
  return { step, code: isGiven ? 'already_held' : 'incompatible' };
}

function takenFact(
  { step, code: known, created, revoked, recipient = null, about }: Doing,
  telling: Telling,
  at: string,
): WorkflowEvent {
  const answers = (about ?? []).flatMap((one) => waitingFor(one, step, telling));
  const code = codeAfter(known, about, answers);
  const assignmentId = (created ?? revoked)?.assignmentId ?? null;
  const { identityId } = telling.person.identity.state;
  const data = {
    ...{ identityId, step, outcome: outcomeOf(code), code, assignmentId, recipient, takenAt: at },
    ...(answers.length === 0 ? {} : { answers }),
    ...(revoked === undefined ? {} : { revoked: termsOf(revoked) }),
  };
  return { type: 'WorkflowStepTaken', v: 1, data };
}

function codeAfter(known: StepCode | null, about: Doing['about'], answers: readonly StepAnswer[]): StepCode | null {
  if (about === undefined) return known;
  if (answers.length === 0) return 'already_disabled';
  return answers.some(({ word }) => word === 'failed') ? 'by_hand' : known;
}

function outcomeOf(code: StepCode | null): StepOutcome {
  if (code === null) return 'done';
  return notNeeded.has(code) ? 'not-needed' : 'failed';
}

/** What applications are told about a person by this work. */
interface Telling {
  readonly person: KnownPerson;
  readonly desired: Derived['desired'];
  readonly epoch: number;
  readonly catalog: CatalogSnapshot;
}

/** An application answers what it is told by this work; nothing where it is told nothing. */
function waitingFor(
  about: string,
  { action }: PlannedStep,
  { person: { desired: before }, desired, epoch, catalog }: Telling,
): StepAnswer[] {
  if (action === 'transfer-ownership') return [{ about, epoch: 0, sequence: 0, word: 'waiting' }];
  if (!desired.some(({ data }) => data.application === about)) return [];
  if (catalog.isManual(about)) return [byHand(about)];
  return [{ about, epoch, sequence: (before.get(about)?.version ?? 0) + 1, word: 'waiting' }];
}
