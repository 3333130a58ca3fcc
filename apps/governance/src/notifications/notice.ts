import type {
  AssignmentMessage,
  RequestMessage,
  SponsorshipMessage,
  WorkflowStepTakenMessage,
} from '#libs/contracts/decisions.js';
import { type AccountListMessage, accountListStale } from '#libs/contracts/account-lists.js';
import type { ExposureMessage } from '#libs/contracts/exposures.js';
import type { IdentityMessage } from '#libs/contracts/identities.js';
import type { ResultMessage } from '#libs/contracts/provisioning-results.js';
import type { TaskMessage } from '#libs/contracts/tasks.js';
import type { PublicMessage } from '#libs/event-bus/message.js';

/** What people are told. */
export const noticeKinds = [
  'approval-waiting',
  'approval-escalated',
  'request-decided',
  'access-delivered',
  'access-failed',
  'access-starts',
  'access-expiring',
  'succession',
  'review-waiting',
  'contract-ending',
  'sponsor-passed',
  'connector-needs-person',
  'exposure-opened',
  'exposure-overdue',
  'task-given',
  'task-waiting',
  'list-stale',
  'campaign-waiting',
  'campaign-reminder',
  'workflow-step',
  'certification-waiting',
  'certification-overdue',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What a notice is about; ids and instants, nothing personal. */
export interface NoticeSubject {
  readonly request?: string;
  readonly assignment?: string;
  readonly package?: string;
  readonly application?: string;
  readonly exposure?: string;
  readonly task?: string;
  readonly review?: string;
  /** Of a workflow, for one person. */
  readonly step?: string;
  /** What a workflow says, as its author wrote it. */
  readonly message?: string;
  /** Whose access it is, or who left. */
  readonly person?: string;
  /** How a request ended. */
  readonly outcome?: 'approved' | 'denied' | 'expired' | 'cancelled';
  /** Start or end of the access. */
  readonly date?: string;
}

/** One thing to tell one person. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Identity; null: nobody by name, so only the webhook. */
  readonly recipient: string | null;
  readonly about: NoticeSubject;
  /** Instant. */
  readonly dueAt: string;
  /** The same for what is one notice, however often it is said. */
  readonly key: string;
}

/** What a notice needs to know beside the message. */
export interface NoticeSurroundings {
  /** Who asked for a request. */
  readonly requesterOf: (request: string) => string | null;
  readonly ownersOf: (application: string) => readonly string[];
  /** Managers of these people, as far as they have one. */
  readonly managersOf: (identities: readonly string[]) => readonly string[];
  /** Applications that somebody owns, and packages that name them as an approver. */
  readonly responsibleFor: (identity: string) => readonly string[];
}

const dayMs = 86_400_000;
/** An instant up to its hour. */
export const hourOf = (time: string): string => time.slice(0, 'YYYY-MM-DDTHH'.length);

const outcomes = new Map<string, NonNullable<NoticeSubject['outcome']>>([
  ['hub.governance.request.approved.v1', 'approved'],
  ['hub.governance.request.denied.v1', 'denied'],
  ['hub.governance.request.expired.v1', 'expired'],
  ['hub.governance.request.cancelled.v1', 'cancelled'],
]);
const waiting: ReadonlySet<string> = new Set([
  'hub.governance.request.submitted.v1',
  'hub.governance.request.stage-opened.v1',
  'hub.governance.request.reassigned.v1',
  'hub.governance.request.rerouted.v1',
  'hub.governance.request.reminded.v1',
  'hub.governance.request.reopened.v1',
]);

/** Whom a message gives reason to tell what; nobody for most messages. */
export function noticesFor(message: PublicMessage, around: NoticeSurroundings): Notice[] {
  const { type, body, time } = message;
  const outcome = outcomes.get(type);
  // The type tells which body a message has.
  if (outcome !== undefined) return decided(body as RequestMessage, outcome, message);
  if (waiting.has(type)) return approvalWaiting(body as RequestMessage, message);
  if (type.startsWith('hub.governance.assignment.')) return ofAssignment(body as AssignmentMessage, message, around);
  if (type.startsWith('hub.governance.sponsorship.')) return ofContractor(body as SponsorshipMessage, message);
  if (type === 'hub.governance.identity.changed.v1') return succession(body as IdentityMessage, time, around);
  if (type === 'hub.governance.workflow-step.taken.v1') return ofWorkflow(body as WorkflowStepTakenMessage, time);
  return ofApplication(message, around);
}

function ofApplication(message: PublicMessage, around: NoticeSurroundings): Notice[] {
  const { type, body, id, time } = message;
  if (type.startsWith('hub.provisioning.exposure.')) return ofExposure(body as ExposureMessage, message, around);
  if (type.startsWith('hub.provisioning.task.')) return ofTask(body as TaskMessage, message, around);
  if (type === accountListStale) return ofList(body as AccountListMessage, message, around);
  if (type !== 'hub.provisioning.operation.failed.v1') return [];
  const { willRetry, application, identity } = body as ResultMessage;
  if (willRetry !== false) return [];
  const owners = around.ownersOf(application);
  const about = { application, person: identity };
  return told('connector-needs-person', owners.length > 0 ? owners : [null], about, { dueAt: time, key: id });
}

/** A list of accounts is too old: the owners of each application upload another. */
function ofList(
  { applications }: AccountListMessage,
  { id, time }: PublicMessage,
  { ownersOf }: NoticeSurroundings,
): Notice[] {
  return applications.flatMap((application) => {
    const owners = ownersOf(application);
    const people = owners.length > 0 ? owners : [null];
    return told('list-stale', people, { application }, { dueAt: time, key: `${id} ${application}` });
  });
}

/** A program that takes tasks is called by its connector; people hear of its tasks when they are not done. */
function ofTask(
  { task, application, identity, told: by, dueAt }: TaskMessage,
  { type, id, time }: PublicMessage,
  { ownersOf }: NoticeSurroundings,
): Notice[] {
  const isReminder = type === 'hub.provisioning.task.reminded.v1';
  if (!isReminder && (type !== 'hub.provisioning.task.given.v1' || by === 'webhook')) return [];
  const owners = ownersOf(application);
  const about = { task, application, date: dueAt, ...(identity === null ? {} : { person: identity }) };
  const people = owners.length > 0 ? owners : [null];
  return told(isReminder ? 'task-waiting' : 'task-given', people, about, { dueAt: time, key: id });
}

/** An outage exposes many at once: one notice an hour for each application and recipient. */
function ofExposure(
  { exposure, application, identity, dueAt }: ExposureMessage,
  { type, time }: PublicMessage,
  { ownersOf, managersOf }: NoticeSurroundings,
): Notice[] {
  const isOverdue = type === 'hub.provisioning.exposure.escalated.v1';
  if (!isOverdue && type !== 'hub.provisioning.exposure.opened.v1') return [];
  const owners = ownersOf(application);
  const people = isOverdue ? [...owners, ...managersOf(owners)] : owners;
  const about = {
    exposure,
    application,
    ...(identity === null ? {} : { person: identity }),
    ...(dueAt === undefined ? {} : { date: dueAt }),
  };
  const when = { dueAt: time, key: `${application} ${hourOf(time)}` };
  return told(isOverdue ? 'exposure-overdue' : 'exposure-opened', people.length > 0 ? people : [null], about, when);
}

/** A step of a workflow tells somebody something, once. */
function ofWorkflow({ step, identity, recipient, message }: WorkflowStepTakenMessage, dueAt: string): Notice[] {
  if (recipient === null || message === null) return [];
  return told('workflow-step', [recipient], { step, person: identity, message }, { dueAt, key: step });
}

function approvalWaiting(body: RequestMessage, { id, time }: PublicMessage): Notice[] {
  const { request, approvers = [], escalation, code, beneficiary } = body;
  const escalated = escalation !== undefined || code === 'timeout';
  const about = { request, package: body.package, person: beneficiary };
  return told(escalated ? 'approval-escalated' : 'approval-waiting', approvers, about, { dueAt: time, key: id });
}

function decided(
  { request, requester, beneficiary, ...body }: RequestMessage,
  outcome: NonNullable<NoticeSubject['outcome']>,
  { id, time }: PublicMessage,
): Notice[] {
  const about = { request, package: body.package, person: beneficiary, outcome };
  return told('request-decided', [requester, beneficiary], about, { dueAt: time, key: id });
}

/** An assignment ends, unless somebody does something. */
const ending: ReadonlySet<string> = new Set([
  'hub.governance.assignment.expiring.v1',
  'hub.governance.assignment.grace-started.v1',
]);

function ofAssignment(
  body: AssignmentMessage,
  { type, id, time }: PublicMessage,
  around: NoticeSurroundings,
): Notice[] {
  const { assignment, identity, cause, since } = body;
  const about = { assignment, package: body.package, person: identity };
  if (ending.has(type)) return endingSoon(body, about, { dueAt: time, key: id }, around);
  // What a rule gives to everybody, nobody waits for; what was found is there already.
  if (cause.type === 'birthright' || cause.type === 'as-found') return [];
  if (type === 'hub.governance.assignment.created.v1' && body.status === 'scheduled') {
    const dayBefore = new Date(Date.parse(since) - dayMs).toISOString();
    const dueAt = dayBefore > time ? dayBefore : time;
    return told('access-starts', [identity], { ...about, date: since }, { dueAt, key: assignment });
  }
  return type === 'hub.governance.assignment.delivery-changed.v1'
    ? delivery(body, about, { dueAt: time, key: id }, around)
    : [];
}

function endingSoon(
  { identity, grace, until }: AssignmentMessage,
  about: NoticeSubject,
  when: Pick<Notice, 'dueAt' | 'key'>,
  { managersOf }: NoticeSurroundings,
): Notice[] {
  const subject = { ...about, date: grace?.until ?? until ?? when.dueAt };
  const managers = grace?.decides === 'manager' ? managersOf([identity]) : [];
  return [...told('access-expiring', [identity], subject, when), ...told('review-waiting', managers, subject, when)];
}

function ofContractor({ identity, sponsor, endsAt }: SponsorshipMessage, { type, id, time }: PublicMessage): Notice[] {
  const about = { person: identity, ...(endsAt === null ? {} : { date: endsAt }) };
  if (type === 'hub.governance.sponsorship.ending.v1')
    return told('contract-ending', [sponsor], about, { dueAt: time, key: id });
  return type === 'hub.governance.sponsorship.passed.v1'
    ? told('sponsor-passed', [sponsor], about, { dueAt: time, key: id })
    : [];
}

function delivery(
  { identity, cause, delivery: word }: AssignmentMessage,
  about: NoticeSubject,
  when: Pick<Notice, 'dueAt' | 'key'>,
  { requesterOf }: NoticeSurroundings,
): Notice[] {
  if (word !== 'delivered' && word !== 'failed') return [];
  const asked = cause.type === 'request' ? requesterOf(cause.request) : null;
  return told(`access-${word}`, asked === null ? [identity] : [identity, asked], about, when);
}

/** The manager of somebody who left takes over what they own and approve. */
function succession(
  { identity, status, manager }: IdentityMessage,
  dueAt: string,
  { responsibleFor }: NoticeSurroundings,
): Notice[] {
  if (status !== 'inactive' || manager === null) return [];
  const things = responsibleFor(identity);
  if (things.length === 0) return [];
  return told(
    'succession',
    [manager],
    { person: identity },
    { dueAt, key: `${identity} ${[...things].sort().join(' ')}` },
  );
}

/** The same notice for each of these people. */
export function told(
  kind: NoticeKind,
  people: readonly (string | null)[],
  about: NoticeSubject,
  when: Pick<Notice, 'dueAt' | 'key'>,
): Notice[] {
  return [...new Set(people)].map((recipient) => ({ kind, recipient, about, ...when }));
}
