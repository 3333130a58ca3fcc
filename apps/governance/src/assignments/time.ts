import type { Access, Assignment, Changes, Step } from './access-state.js';

/** What decides whether an assignment gives something now. */
export interface Today {
  readonly at: string;
  readonly onLeave: boolean;
  /** Does the package give nothing during leave? */
  readonly suspends: (packageId: string) => boolean;
  /** Those of these packages that nobody is to have together with this one. */
  readonly incompatible: (packageId: string, others: readonly string[]) => readonly string[];
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
  const held = state.assignments.filter(({ assignmentId }) => !ending.has(assignmentId));
  const over = held.filter(({ until }) => until !== undefined && today.at >= until);
  const clashing = held.filter((one) => !over.includes(one) && clashes(one, held, today));
  const going = held.filter((one) => !over.includes(one) && !clashing.includes(one));
  return {
    created: [],
    revoked: [
      ...over.map((assignment) => ({ assignment, code: 'expired' as const, reason: null })),
      ...clashing.map((assignment) => ({ assignment, code: 'incompatible' as const, reason: null })),
    ],
    steps: going.flatMap((one) => [...phaseStep(one, today), ...noticeStep(one, today.at)]),
  };
}

/** Would a scheduled assignment begin now, while its holder has an incompatible package? */
function clashes({ phase, since, packageId }: Assignment, held: readonly Assignment[], today: Today): boolean {
  if (phase !== 'scheduled' || today.at < since) return false;
  const begun = held.filter((one) => one.phase !== 'scheduled').map((one) => one.packageId);
  return today.incompatible(packageId, begun).length > 0;
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

/**
 * The next instant at which time alone changes something; null for none. A start that is past waits for the end of a leave,
 * not for time. A notice that became due by an extension is past, and due at once.
 */
export function nextDue(state: Access, now: string): string | null {
  const instants = state.assignments.flatMap((one) => [
    ...(one.phase === 'scheduled' && one.since > now ? [one.since] : []),
    ...(one.until === undefined ? [] : [one.until]),
    ...noticesOf(one).map(({ noticeAt }) => noticeAt),
  ]);
  return instants.sort()[0] ?? null;
}
