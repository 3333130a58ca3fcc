import {
  certificationDue,
  noticesOf,
  type Access,
  type Grace,
  type Grounds,
  type PlannedStep,
} from '../assignments/assignments.exports.js';

/** Something that will happen to a person's access, if nobody changes it before. */
export interface ScheduledStep {
  readonly at: string;
  readonly event:
    | 'assignment-starts'
    | 'assignment-ends'
    | 'assignment-end-announced'
    | 'certification-due'
    | 'approvers-reminded'
    | 'request-escalates'
    | 'request-expires'
    | 'workflow-step'
    | PersonEvent
    | 'exception-ends'
    | 'finding-due'
    | 'exclusion-ends'
    | 'review-ends';
  /** Null for a step that is about no single package. */
  readonly packageId: string | null;
  /** Null for a step of a request. */
  readonly assignmentId: string | null;
  /** Of a step of a request; null for others. */
  readonly requestId: string | null;
  /** Of a step of a workflow; null for others. */
  readonly workflowId: string | null;
  /** Why, in words. */
  readonly why: string;
  /** Why the assignment is there; null for a step of a request. */
  readonly cause: Grounds | null;
}

/** What HR has stated for a day to come. */
export type PersonEvent = 'person-starts' | 'person-leaves' | 'leave-begins' | 'leave-ends';

/** The instants of a person that HR has stated; absent: none. */
export type PersonDates = Readonly<Partial<Record<PersonEvent, string>>>;

/** An item of a review about what the person holds, that nobody has answered. */
export interface OpenReview {
  readonly dueAt: string;
  readonly packageId: string;
  readonly assignmentId: string;
  readonly onNoResponse: 'keep' | 'revoke';
}

/** What changes with time beside the access of a person. */
export interface Surroundings {
  readonly requests: readonly OpenRequest[];
  readonly dates: PersonDates;
  readonly reviews: readonly OpenReview[];
}

/** The parts of an open request that change with time. */
export interface OpenRequest {
  readonly requestId: string;
  readonly packageId: string;
  readonly dueAt: string | null;
  readonly remindedAt: string | null;
  readonly escalates: boolean;
}

/** What time will do to a person's access, earliest first. With the leaving everything ends that would happen after. */
export function scheduleOf(state: Access, { requests, dates, reviews }: Surroundings, at: string): ScheduledStep[] {
  const steps = [
    ...stepsOfPerson(dates),
    ...state.assignments.flatMap(stepsOfAssignment),
    ...requests.flatMap(stepsOfRequest),
    ...stepsOfSeparation(state),
    ...reviews.map(stepOfReview),
  ];
  const leaves = dates['person-leaves'] ?? null;
  const goesOn = (step: ScheduledStep): boolean => leaves === null || step.at <= leaves;
  const others = [...state.workflows.planned.map(stepOfWorkflow), ...state.exclusions.map(stepOfExclusion)];
  return [...steps.filter(goesOn), ...others].filter((step) => step.at > at).sort((a, b) => (a.at < b.at ? -1 : 1));
}

const noSubject = { packageId: null, assignmentId: null, requestId: null, workflowId: null, cause: null } as const;

const whyOfPerson: Readonly<Record<PersonEvent, string>> = {
  'person-starts': 'HR states the first day: rules give access from then on',
  'person-leaves': 'HR states the last day: all access ends, and open requests are cancelled',
  'leave-begins': 'HR states a leave: packages that say so give nothing meanwhile',
  'leave-ends': 'HR states the end of the leave: what it suspended comes back',
};

const stepsOfPerson = (dates: PersonDates): ScheduledStep[] =>
  (Object.keys(whyOfPerson) as PersonEvent[]).flatMap((event) => {
    const at = dates[event];
    return at === undefined ? [] : [{ ...noSubject, at, event, why: whyOfPerson[event] }];
  });

const stepsOfSeparation = ({ exceptions, findings }: Access): ScheduledStep[] => [
  ...exceptions.map(({ rule, until: at }) => ({
    ...noSubject,
    at,
    event: 'exception-ends' as const,
    why: `the exception from separation rule ${rule} ends: of what it allowed, the access that began last goes`,
  })),
  ...findings
    .filter(({ status }) => status === 'open')
    .map(({ rule, dueAt: at }) => ({
      ...noSubject,
      at,
      event: 'finding-due' as const,
      why: `by then the violation of separation rule ${rule} is to be solved or excepted`,
    })),
];

const stepOfExclusion = ({ packageId, until: at }: Access['exclusions'][number]): ScheduledStep => ({
  ...noSubject,
  at,
  packageId,
  event: 'exclusion-ends',
  why: 'somebody revoked it until then: rules that name it give it again',
});

const stepOfReview = ({ dueAt: at, packageId, assignmentId, onNoResponse }: OpenReview): ScheduledStep => ({
  ...noSubject,
  at,
  packageId,
  assignmentId,
  event: 'review-ends',
  why:
    onNoResponse === 'revoke'
      ? 'a review of it ends: it is revoked, if nobody has answered by then'
      : 'a review of it ends: it stays, if nobody has answered by then',
});

const whyItEnds: Readonly<Record<Grace['code'], string>> = {
  rule_no_longer_matches: 'no rule gives it any more, and the grace of the rule is over then',
  not_eligible: 'the person is not eligible any more, and the grace of the package is over then',
  moved: 'the person has moved, and nobody has kept it',
};

function stepsOfAssignment(assignment: Access['assignments'][number]): ScheduledStep[] {
  const { assignmentId, packageId, cause, since, until, phase, grace } = assignment;
  const about = { packageId, assignmentId, requestId: null, workflowId: null, cause };
  return [
    ...(phase === 'scheduled' ? [{ ...about, at: since, event: 'assignment-starts' as const, why: 'its start' }] : []),
    ...noticesOf(assignment).map(({ days, noticeAt }) => ({
      ...about,
      at: noticeAt,
      event: 'assignment-end-announced' as const,
      why: `${days} ${days === 1 ? 'day' : 'days'} before its end`,
    })),
    ...(until === undefined ? [] : [{ ...about, at: until, event: 'assignment-ends' as const, why: 'its end' }]),
    ...dueCertification(assignment).map((at) => ({
      ...about,
      at,
      event: 'certification-due' as const,
      why: 'it was granted before the hub, its approver is unknown, and somebody is to say whether it stays',
    })),
    ...(grace === null
      ? []
      : [{ ...about, at: grace.until, event: 'assignment-ends' as const, why: whyItEnds[grace.code] }]),
  ];
}

const dueCertification = (assignment: Access['assignments'][number]): string[] =>
  [certificationDue(assignment)].filter((at) => at !== null);

function stepsOfRequest({ requestId, packageId, dueAt, remindedAt, escalates }: OpenRequest): ScheduledStep[] {
  if (dueAt === null) return [];
  const about = { packageId, assignmentId: null, requestId, workflowId: null, cause: null };
  const why = 'nobody will have decided in the time of the stage';
  return [
    ...(remindedAt === null
      ? []
      : [{ ...about, at: remindedAt, event: 'approvers-reminded' as const, why: 'half of the time of the stage' }]),
    { ...about, at: dueAt, event: escalates ? ('request-escalates' as const) : ('request-expires' as const), why },
  ];
}

const doing: Readonly<Record<PlannedStep['action'], (to: PlannedStep['to']) => string>> = {
  grant: () => 'gives the package',
  revoke: () => 'revokes the package',
  disable: () => 'disables all accounts',
  'transfer-ownership': () => 'transfers to the manager what the person owns',
  delete: () => 'deletes all accounts',
  notify: (to) => `tells the ${to ?? 'person'} something`,
};
const since: Readonly<Record<PlannedStep['trigger'], string>> = {
  joiner: 'the first day',
  mover: 'the move',
  leaver: 'the end of access',
};

function stepOfWorkflow({
  workflow,
  dueAt: at,
  package: packageId,
  action,
  to,
  trigger,
  offsetDays,
}: PlannedStep): ScheduledStep {
  const days = `${Math.abs(offsetDays)} ${Math.abs(offsetDays) === 1 ? 'day' : 'days'}`;
  const when = `${days} ${offsetDays < 0 ? 'before' : 'after'} ${since[trigger]}`;
  return {
    at,
    event: 'workflow-step',
    packageId,
    assignmentId: null,
    requestId: null,
    workflowId: workflow,
    why: `workflow ${workflow} ${doing[action](to)} ${when}`,
    cause: null,
  };
}
