import type { RevocationCode } from './access.events.js';
import type { Access, Assignment, Changes, Step } from './access-state.js';
import { deliveryOf } from './delivery.js';
import { certificationDue } from './as-found.js';
import { stepsDue } from './workflow.js';
import { graceOver, type Grounds, returnStep } from './grace.js';

/** What decides whether an assignment gives something now. */
export interface Today extends Grounds {
  readonly onLeave: boolean;
  /** Does the package give nothing during leave? */
  readonly suspends: (packageId: string) => boolean;
  /** Is nobody to have this package who has the others? */
  readonly clashes: (packageId: string, others: Iterable<string>) => boolean;
  /** Does its package give nothing any more, for good, or has its holder the successor? */
  readonly retired: (assignment: Assignment) => boolean;
  /** Packages among these that only an exception allowed, and that has ended: one list for each rule. */
  readonly lapsed: (packageIds: readonly string[]) => readonly (readonly string[])[];
}

/** Days before its end at which the end of an assignment is announced. */
const noticeDays = [14, 1] as const;

const dayMs = 86_400_000;

/**
 * What time and leave make of assignments: those whose end has come end, those whose start has come begin, a leave suspends
 * and its end resumes, and ends are announced. Each assignment changes at most once in a step, and may be announced besides.
 * @param ending assignments that end for another reason in the same step
 */
export function timelyChanges(state: Access, today: Today, ending: ReadonlySet<string>): Changes {
  const held = state.assignments.filter(({ assignmentId }) => !ending.has(assignmentId)).sort(byBeginning);
  const over = held.filter(({ until }) => until !== undefined && today.at >= until);
  const retired = held.filter((one) => !over.includes(one) && today.retired(one));
  const ungrounded = held.filter((one) => !over.includes(one) && !retired.includes(one) && graceOver(one, today));
  const kept = held.filter((one) => ![...over, ...retired, ...ungrounded].includes(one));
  const lapsed = laterOf(kept, today);
  const { clashing, going } = separated(
    kept.filter((one) => !lapsed.includes(one)),
    today,
  );
  const because = (code: RevocationCode, ended: readonly Assignment[]): Changes['revoked'] =>
    ended.map((assignment) => ({ assignment, code, reason: null }));
  return {
    created: [],
    revoked: [
      ...because('expired', over),
      ...because('package_retired', retired),
      ...ungrounded.flatMap((one) => (one.grace === null ? [] : because(one.grace.code, [one]))),
      ...because('exception_ended', lapsed),
      ...because('incompatible', clashing),
    ],
    steps: going.flatMap(({ one, step }) => [
      ...step,
      ...returnStep(one, today),
      ...noticeStep(one, today.at),
      ...overdueStep(one, today.at),
    ]),
  };
}

const byBeginning = (one: Assignment, other: Assignment): number =>
  `${one.since} ${one.assignmentId}` < `${other.since} ${other.assignmentId}` ? -1 : 1;

/** Those that began last of what only an exception allowed, until nothing is left that needed it. */
function laterOf(held: readonly Assignment[], { lapsed }: Today): Assignment[] {
  const later: Assignment[] = [];
  for (;;) {
    const begun = held.filter((one) => one.phase !== 'scheduled' && !later.includes(one));
    const [packages] = lapsed(begun.map(({ packageId }) => packageId));
    const last = begun.findLast(({ packageId }) => packages?.includes(packageId) === true);
    if (last === undefined) return later;
    later.push(last);
  }
}

/**
 * One after the other, in the order in which they began: what would begin beside something that excludes it ends; what
 * would be resumed so stays suspended.
 */
function separated(
  held: readonly Assignment[],
  today: Today,
): { readonly clashing: readonly Assignment[]; readonly going: readonly { one: Assignment; step: Step[] }[] } {
  const begun = new Set(held.filter(({ phase }) => phase !== 'scheduled').map(({ packageId }) => packageId));
  const active = new Set(held.filter(({ phase }) => phase === 'active').map(({ packageId }) => packageId));
  const clashing: Assignment[] = [];
  const going: { one: Assignment; step: Step[] }[] = [];
  for (const one of held) {
    if (startClashes(one, today, begun)) {
      clashing.push(one);
      continue;
    }
    const step = stepBeside(one, today, active);
    if (step.some(({ is }) => is === 'started' || is === 'resumed')) {
      begun.add(one.packageId);
      active.add(one.packageId);
    }
    going.push({ one, step });
  }
  return { clashing, going };
}

const startClashes = ({ phase, since, packageId }: Assignment, today: Today, begun: ReadonlySet<string>): boolean =>
  phase === 'scheduled' && today.at >= since && today.clashes(packageId, begun);

function stepBeside(one: Assignment, today: Today, active: ReadonlySet<string>): Step[] {
  const step = phaseStep(one, today);
  return one.phase === 'suspended' && step.length > 0 && today.clashes(one.packageId, active) ? [] : step;
}

function phaseStep(assignment: Assignment, { at, onLeave, suspends }: Today): Step[] {
  const away = onLeave && suspends(assignment.packageId);
  switch (assignment.phase) {
    case 'scheduled':
      return at >= assignment.since && !away ? [{ is: 'started', assignment }] : [];
    case 'suspended':
      return away ? [] : [{ is: 'resumed', assignment }];
    case 'active':
      return away ? [{ is: 'suspended', assignment }] : [];
  }
}

/** Nobody has said in time whether what was found stays. */
function overdueStep(assignment: Assignment, at: string): Step[] {
  const dueAt = certificationDue(assignment);
  return dueAt !== null && at >= dueAt ? [{ is: 'certification-overdue', assignment }] : [];
}

/** The nearest notice that is due: an earlier one that was missed says nothing more. */
function noticeStep(assignment: Assignment, at: string): Step[] {
  const due = noticesOf(assignment).filter(({ noticeAt }) => at >= noticeAt);
  const nearest = due.at(-1);
  return nearest === undefined ? [] : [{ is: 'expiring', assignment, daysLeft: nearest.days }];
}

/** Notices that are to come, or due, earliest first. None for an assignment that is shorter than its notice. */
export function noticesOf({
  since,
  until,
  noticed,
}: Assignment): { readonly days: number; readonly noticeAt: string }[] {
  if (until === undefined) return [];
  return noticeDays
    .filter((days) => noticed === null || days < noticed)
    .map((days) => ({ days, noticeAt: new Date(Date.parse(until) - days * dayMs).toISOString() }))
    .filter(({ noticeAt }) => noticeAt > since);
}

/** Is the successor of its retired package delivered, so that it ends? */
export function hasMoved({ movesTo }: Assignment, { assignments }: Pick<Access, 'assignments'>): boolean {
  if (movesTo === null) return false;
  const next = assignments.find(({ packageId }) => packageId === movesTo);
  return next !== undefined && next.phase === 'active' && deliveryOf(next.applications) === 'delivered';
}

/**
 * The next instant at which time alone changes something; null for none. A start that is past waits for the end of a leave,
 * not for time. A notice that became due by an extension is past, and due at once.
 */
export function nextDue(state: Access, now: string): string | null {
  const instants = state.assignments.flatMap((one) => [
    ...(one.phase === 'scheduled' && one.since > now ? [one.since] : []),
    ...(one.until === undefined ? [] : [one.until]),
    ...(one.grace === null ? [] : [one.grace.until]),
    ...[certificationDue(one)].filter((dueAt) => dueAt !== null),
    ...noticesOf(one).map(({ noticeAt }) => noticeAt),
  ]);
  if (state.assignments.some((one) => hasMoved(one, state))) return now;
  const others = [...state.exceptions, ...state.exclusions].map(({ until }) => until);
  return [...instants, ...others, ...stepsDue(state.workflows)].sort()[0] ?? null;
}
