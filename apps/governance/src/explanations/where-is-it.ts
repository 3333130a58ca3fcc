import type { Assignment } from '../assignments/assignments.exports.js';

/** Where access is that somebody asked for or holds, and who must act. */
export interface Whereabouts {
  readonly packageId: string;
  readonly requestId: string | null;
  readonly assignmentId: string | null;
  readonly state: 'waiting-for-approval' | 'starts-later' | 'suspended' | 'being-delivered' | 'failed' | 'ready';
  /** In plain words. */
  readonly words: string;
  /** Until when somebody has to decide, when it starts, or when it ends. */
  readonly date: string | null;
  readonly acts: 'approvers' | 'application-owners' | 'connector-administrators' | 'nobody';
  /** Ids of the people who must act, where they are known by name. */
  readonly people: readonly string[];
}

/** A request that waits for a decision. */
export interface WaitingRequest {
  readonly requestId: string;
  readonly packageId: string;
  readonly approverIds: readonly string[];
  readonly dueAt: string | null;
}

/** How an application is named, and who owns it. */
export interface NamedApplications {
  readonly nameOf: (application: string) => string;
  readonly ownersOf: (application: string) => readonly string[];
}

export function whereRequestIs({ requestId, packageId, approverIds, dueAt }: WaitingRequest): Whereabouts {
  const words = 'It waits for a decision of its approvers.';
  const about = { packageId, requestId, assignmentId: null };
  return { ...about, state: 'waiting-for-approval', words, date: dueAt, acts: 'approvers', people: approverIds };
}

export function whereAssignmentIs(assignment: Assignment, { nameOf, ownersOf }: NamedApplications): Whereabouts {
  const { packageId, assignmentId, cause, phase, since, until = null, applications } = assignment;
  const about = { packageId, assignmentId, requestId: cause.type === 'request' ? cause.request : null };
  const nobody = { acts: 'nobody', people: [] } as const;
  if (phase === 'scheduled')
    return {
      ...about,
      ...nobody,
      state: 'starts-later',
      words: 'It is approved and has not started yet.',
      date: since,
    };
  if (phase === 'suspended')
    return {
      ...about,
      ...nobody,
      state: 'suspended',
      words: 'It is suspended, and returns with the person.',
      date: until,
    };
  const failed = applications.filter(({ delivery }) => delivery === 'failed').map(({ application }) => application);
  if (failed.length > 0) {
    const people = [...new Set(failed.flatMap((one) => ownersOf(one)))];
    const acts = people.length > 0 ? 'application-owners' : 'connector-administrators';
    const words = `${failed.map(nameOf).join(', ')} refused it: its administrators have to act.`;
    return { ...about, state: 'failed', words, date: until, acts, people };
  }
  const byHand = applications.filter(({ delivery }) => delivery === 'manual').map(({ application }) => application);
  if (byHand.length > 0) {
    const people = [...new Set(byHand.flatMap((one) => ownersOf(one)))];
    const words = `It is set up by hand in ${byHand.map(nameOf).join(', ')}: its administrators have to act.`;
    return { ...about, state: 'being-delivered', words, date: until, acts: 'application-owners', people };
  }
  const open = applications.filter(({ delivery }) => delivery !== 'delivered').map(({ application }) => application);
  if (open.length === 0) return { ...about, ...nobody, state: 'ready', words: 'It is ready.', date: until };
  const words = `It is being set up in ${open.map(nameOf).join(', ')}. Nobody has to act.`;
  return { ...about, ...nobody, state: 'being-delivered', words, date: until };
}
