import { accessEndMs } from '#libs/contracts/access-end.js';
import { isCalendarDay, startOfDay } from '#libs/text/calendar-day.js';
import {
  foldWorkflows,
  type PlannedStep,
  type StandingStep,
  stepsCancelled,
  stepsPlanned,
  stepTerms,
  type WorkflowEvent,
  type WorkflowState,
} from '../assignments/assignments.exports.js';
import { attributesOf, type Identity, type KnownIdentity } from '../identities/identities.exports.js';
import type { CatalogSnapshot, DefinedWorkflow, WorkflowTrigger } from '../policy/policy.exports.js';
import type { Given, KnownPerson } from './given.js';
import { isRescinded, movedFrom } from './move.js';
import { filterResourceOf } from './person-batch.js';

const dayMs = 86_400_000;
/** Later dates mean "no end", as HR systems write it (9999-12-31). */
const foreverMs = Date.UTC(9000, 0, 1);

/** What workflows plan for a person now. */
export interface WorkflowPlan {
  readonly facts: readonly WorkflowEvent[];
  readonly after: WorkflowState;
  /** What steps before the end have revoked too early, as it turns out. */
  readonly back: WorkflowState['took'];
}

/**
 * Begins the workflows of a person who joins, moves or leaves; moves steps whose date has moved; cancels those whose reason
 * is gone, and goes on with those of a person who is back. A leaver's workflows begin as soon as HR states an end.
 */
export function planWorkflows(person: KnownPerson, catalog: CatalogSnapshot, given: Given): WorkflowPlan {
  const { workflows } = person.access.state;
  if (catalog.workflows.isEmpty && isIdle(workflows)) return { facts: [], after: workflows, back: [] };
  const facts: WorkflowEvent[] = [];
  let after = workflows;
  for (const decide of [setAside, comeBack, begin, followDates]) {
    const decided = decide({ person, catalog, given, standing: after });
    facts.push(...decided);
    after = decided.reduce(foldWorkflows, after);
  }
  const back = mayComeBack(person, given) ? workflows.took.filter((one) => !after.took.includes(one)) : [];
  return { facts, after, back };
}

/** A rehire brings nothing back: it is asked for again. */
function mayComeBack({ identity: { state } }: KnownPerson, { formerly }: Given): boolean {
  if (state.status === 'inactive') return false;
  return formerly?.status !== 'inactive' || formerly.lockedDown === true || isRescinded(formerly, state);
}

const isIdle = ({ planned, leaving, setAside: aside }: WorkflowState): boolean =>
  planned.length === 0 && leaving.length === 0 && aside === null;

interface Deciding {
  readonly person: KnownPerson;
  readonly catalog: CatalogSnapshot;
  readonly given: Given;
  readonly standing: WorkflowState;
}

/** Who has no access any more takes no step of joining or moving. */
function setAside({ person, given: { at, formerly }, standing }: Deciding): WorkflowEvent[] {
  const { state } = person.identity;
  if (formerly === undefined || formerly.status === 'absent' || formerly.status === 'inactive') return [];
  if (state.status !== 'inactive') return [];
  const steps = standing.planned.filter(({ trigger }) => trigger !== 'leaver').map(stepTerms);
  if (steps.length === 0) return [];
  return [stepsCancelled(state.identityId, state.lockedDown === true ? 'locked_down' : 'left', steps, at)];
}

function comeBack({ person, given: { at, formerly }, standing }: Deciding): WorkflowEvent[] {
  const { state } = person.identity;
  if (formerly?.status !== 'inactive' || state.status === 'inactive') return [];
  const released = formerly.lockedDown === true;
  const leaving = standing.planned.filter(({ trigger }) => trigger === 'leaver').map(stepTerms);
  const isOver = !released && (leaving.length > 0 || standing.leaving.length > 0);
  const goesOn = released || isRescinded(formerly, state);
  return [
    ...(isOver ? [stepsCancelled(state.identityId, 'returned', leaving, at)] : []),
    ...fromAside(state.identityId, standing.setAside?.steps ?? [], goesOn, at),
  ];
}

function fromAside(identityId: string, steps: readonly PlannedStep[], goesOn: boolean, at: string): WorkflowEvent[] {
  if (goesOn) return stepsPlanned(identityId, 'resumed', steps, at);
  return steps.length === 0 ? [] : [stepsCancelled(identityId, 'rehired', steps, at)];
}

function begin({ person, catalog, given, standing }: Deciding): WorkflowEvent[] {
  const { state } = person.identity;
  const trigger = triggerOf(given.formerly ?? state, state, catalog);
  if (trigger === null) return [];
  const { at } = given;
  const known = trigger === 'leaver' ? standing.leaving : [];
  const beginning = beginningFor(person, trigger, catalog).filter(({ id }) => !known.includes(id));
  const again = standing.planned.filter(
    (one) => one.trigger === trigger && beginning.some(({ id }) => id === one.workflow),
  );
  const going =
    trigger === 'leaver' ? standing.planned.filter((one) => one.trigger === 'leaver' && !again.includes(one)) : [];
  const began = anchorOf(trigger, state, given);
  return [
    ...(again.length === 0 ? [] : [stepsCancelled(state.identityId, 'begun_again', again.map(stepTerms), at)]),
    ...stepsPlanned(state.identityId, 'rescheduled', rescheduled(going, began, false), at),
    ...stepsPlanned(
      state.identityId,
      'started',
      beginning.flatMap((workflow) => stepsOf(workflow, began, given)),
      at,
    ),
  ];
}

/** Steps follow the dates that HR states: the first day, and the coming end. */
function followDates({ person, catalog, given, standing }: Deciding): WorkflowEvent[] {
  const { state } = person.identity;
  if (state.status === 'inactive') return [];
  const { at } = given;
  const { identityId } = state;
  const joining = standing.planned.filter(({ trigger }) => trigger === 'joiner');
  const leaving = standing.planned.filter(({ trigger }) => trigger === 'leaver');
  const firstDay = joining.length === 0 ? 0 : anchorOf('joiner', state, given);
  const moved = rescheduled(joining, firstDay, false);
  const end = endOf(state, given);
  if (end === null) {
    const isGone = leaving.length > 0 || standing.leaving.length > 0;
    return [
      ...stepsPlanned(identityId, 'rescheduled', moved, at),
      ...(isGone ? [stepsCancelled(identityId, 'end_withdrawn', leaving.map(stepTerms), at)] : []),
    ];
  }
  const beginning = beginningFor(person, 'leaver', catalog).filter(({ id }) => !standing.leaving.includes(id));
  return [
    ...stepsPlanned(
      identityId,
      'rescheduled',
      [...moved, ...rescheduled(leaving, end, true), ...tooEarly(standing, end, at)],
      at,
    ),
    ...stepsPlanned(
      identityId,
      'started',
      beginning.flatMap((workflow) => stepsOf(workflow, end, given, true)),
      at,
    ),
  ];
}

/** What was disabled or revoked before an end that has moved, and is to be so later: it is planned again. */
const tooEarly = ({ acting, took }: WorkflowState, endMs: number, at: string): PlannedStep[] =>
  [...acting.filter(({ step }) => step.action === 'disable'), ...took].flatMap(({ step }) => {
    const due = dueIn(step.offsetDays, endMs, true);
    return due.dueAt > at ? [{ ...step, ...due }] : [];
  });

const beginningFor = (
  { identity: { state } }: KnownPerson,
  trigger: WorkflowTrigger,
  { workflows }: CatalogSnapshot,
): readonly DefinedWorkflow[] => workflows.beginning(trigger, filterResourceOf(state));

/** A lockdown is no leaving, and its end no hiring; a termination that HR takes back is no hiring either. */
function triggerOf(before: Identity, now: KnownIdentity, { moves }: CatalogSnapshot): WorkflowTrigger | null {
  if (before.status === 'absent') return now.status === 'inactive' ? null : 'joiner';
  const wasHere = before.status !== 'inactive' || before.lockedDown === true;
  if (now.status === 'inactive') return wasHere && now.lockedDown !== true ? 'leaver' : null;
  if (wasHere) return movedFrom(before, now, moves) ? 'mover' : null;
  return isRescinded(before, now) ? null : 'joiner';
}

/** The instant from which days are counted, in milliseconds since 1970. */
function anchorOf(trigger: WorkflowTrigger, state: KnownIdentity, { at, zone = 'UTC' }: Given): number {
  const attributes = attributesOf(state);
  const hireDate = trigger === 'joiner' ? (attributes?.hireDate ?? '') : '';
  return isCalendarDay(hireDate) ? startOfDay(hireDate, attributes?.timeZone ?? zone) : Date.parse(at);
}

/** First instant without access, as far as HR states one, in milliseconds since 1970. */
export function endOf(state: KnownIdentity, { zone = 'UTC' }: Given): number | null {
  const attributes = attributesOf(state);
  if (attributes === null) return null;
  const end = accessEndMs(attributes, attributes.timeZone ?? zone);
  return end >= foreverMs ? null : end;
}

export function stepsOf(
  { id, version, document: { trigger, steps } }: DefinedWorkflow,
  anchorMs: number,
  { newId }: Given,
  ahead = false,
): PlannedStep[] {
  return steps.map((step) => ({
    stepId: newId(),
    workflow: id,
    workflowVersion: version,
    trigger,
    ...step,
    ...dueIn(step.offsetDays, anchorMs, ahead),
  }));
}

/** Those of these steps whose date is another one now. */
const rescheduled = (steps: readonly StandingStep[], anchorMs: number, ahead: boolean): PlannedStep[] =>
  steps.flatMap((step) => {
    const due = dueIn(step.offsetDays, anchorMs, ahead);
    return due.dueAt === step.dueAt && due.afterLeaving === step.afterLeaving ? [] : [{ ...stepTerms(step), ...due }];
  });

/** @param ahead the person has not left yet: what comes after the end waits for it */
const dueIn = (offsetDays: number, anchorMs: number, ahead: boolean): Pick<PlannedStep, 'dueAt' | 'afterLeaving'> => ({
  dueAt: new Date(anchorMs + offsetDays * dayMs).toISOString(),
  afterLeaving: ahead && offsetDays >= 0,
});
