import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { type AccessPackage, type CatalogSnapshot, later, stagesOf, type Versioned } from '../policy/policy.exports.js';
import { isKnownTo } from '../identities/identities.exports.js';
import { People, type Person, Recomputation } from '../people/people.exports.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { CallerWithoutIdentity, RequestRefused } from './access-request.errors.js';
import type { AccessRequestEvent, RequestTerms } from './access-request.events.js';
import { AccessRequests } from './access-requests.stream.js';
import { type Assignment, AssignmentNotActive, type Changes, noChanges } from '../assignments/assignments.exports.js';
import { aboutApprovers, askingOf, isDistinct, openingsOf, refusalOf, whyNot } from './admission.js';
import type { Opening } from './approvers.js';
import { changesFor } from './completion.js';
import { completed } from './decide.js';
import { requested } from './open-request.js';
import { extensionProblems, periodProblems, refusePeriod } from './period.js';
import { LoadDeciders, type Deciders } from './deciders.query.js';
import { requestedPackages } from './open-requests.query.js';
import { RequestTimers } from './request-timers.process.js';

export interface Submission {
  readonly packageId: string;
  /** The caller, unless given. */
  readonly beneficiaryId: string | null;
  readonly justification: string | null;
  /** From the approval on, unless given. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extends: string | null;
}

/** Requests a package. A repeat with the same `id` changes nothing. Returns the id of the request. */
export class SubmitRequest extends Command<string> {
  constructor(
    readonly submission: Submission,
    readonly caller: Caller,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(SubmitRequest)
export class SubmitRequestHandler implements ICommandHandler<SubmitRequest> {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly people: People,
    private readonly requests: AccessRequests,
    private readonly recomputation: Recomputation,
    private readonly deciders: LoadDeciders,
    private readonly timers: RequestTimers,
    private readonly clock: Clock,
  ) {}

  async execute({ submission, caller, id }: SubmitRequest): Promise<string> {
    const requestId = await decideAgainOnConflict(() => this.once(submission, caller, id));
    crashPoint('governance.request.after-append');
    return requestId;
  }

  private async once(submission: Submission, caller: Caller, id: string): Promise<string> {
    const { packageId, beneficiaryId, justification } = submission;
    const requesterId = caller.identity;
    if (requesterId === null) throw new CallerWithoutIdentity('only a caller with an identity can request access', {});
    const [{ catalog, batch }, made] = await Promise.all([
      this.people.today({ ids: [requesterId, beneficiaryId ?? requesterId] }),
      this.requests.load(id),
    ]);
    if (made.state.status !== 'absent' && made.state.status !== 'refused') return id;
    const wanted = publishedPackage(packageId, justification, catalog);
    const beneficiary = batch.get(beneficiaryId ?? requesterId);
    if (!isKnownTo(caller, beneficiary.identity.state)) {
      throw new InvalidInput([
        { pointer: '/beneficiaryId', detail: 'names no known identity: give the id of an identity' },
      ]);
    }
    const at = this.clock.now();
    const extended = extendedBy(submission, beneficiary);
    refusePeriod([
      ...periodProblems({ request: { packageId }, ...submission }, catalog, at),
      ...(extended === null ? [] : extensionProblems(submission.endsAt, extended, wanted.document)),
    ]);
    const { version: packageVersion } = wanted;
    const terms = {
      // Each refusal is a record of its own: a repeated request is a new one.
      requestId: made.state.status === 'absent' ? id : uuidv7(),
      packageId,
      packageVersion,
      requesterId,
      beneficiaryId: beneficiary.identity.id,
    };
    const requested = await requestedPackages(this.db, terms.beneficiaryId);
    const { openings, people: deciding } = await this.deciding(terms, wanted.document, beneficiary, { catalog, at });
    const beside = { requested, undecidable: openings.missing, extended, at };
    const known = askingOf(terms, beneficiary, beside, catalog);
    const refusal = refusalOf(known, wanted.document);
    const causation = { ...causationOf(caller), correlationId: terms.requestId };
    const work = this.store.work();
    const absent = { id: terms.requestId, state: { status: 'absent' }, version: 0 } as const;
    if (refusal !== null) {
      const fields = justification === null ? {} : { justification };
      const personal = { requester: { subject: requesterId, fields } };
      this.requests.stage(
        work,
        absent,
        [{ type: 'AccessRequestRefused', v: 1, data: { request: terms, code: refusal, refusedAt: at }, personal }],
        causation,
      );
      await work.commit();
      throw new RequestRefused(refusal, packageId, whyNot(refusal, known));
    }
    const asking = { ...submission, request: terms, lasts: extended === null ? wanted.document.maxDuration : null };
    const around = { catalog, beneficiary, opening: openings.first, at };
    const { events, changes, dueAt } = askFor(asking, wanted.document, around);
    const { facts } = this.requests.stage(work, absent, events, causation);
    this.people.decide(work, beneficiary);
    this.timers.open(work, terms.requestId, at, dueAt);
    if (changes.created.length + changes.steps.length > 0) {
      const because = { ...causation, causationId: facts.at(-1)?.id ?? null };
      this.recomputation.stage(work, beneficiary, { catalog, causation: because, at, asked: changes });
    }
    const approvers = (openings.first?.able ?? []).flatMap((approver) => deciding.readAs(approver));
    this.people.guard(work, catalog, [batch.get(requesterId), ...approvers]);
    await work.commit();
    return terms.requestId;
  }

  /** Who can decide today, read after the beneficiary, whose decisions are guarded. */
  private async deciding(
    terms: RequestTerms,
    { approval }: AccessPackage,
    beneficiary: Person,
    { catalog, at }: { catalog: CatalogSnapshot; at: string },
  ): Promise<{ openings: ReturnType<typeof openingsOf>; people: Deciders }> {
    const stages = stagesOf(approval);
    const applications = catalog.applicationsOf(terms.packageId);
    const people = await this.deciders.for([{ beneficiary, stages, applications, others: [] }], catalog, at);
    const about = aboutApprovers(terms, applications, beneficiary, { catalog, people });
    return { openings: openingsOf(approval, about), people };
  }
}

/** The request, and its approval if the policy needs no approver. */
function askFor(
  asking: Submission & { readonly request: RequestTerms; readonly lasts: string | null },
  { approval }: AccessPackage,
  { catalog, beneficiary, opening, at }: AskedAround,
): { events: AccessRequestEvent[]; changes: Changes; dueAt: string | null } {
  const { request, startsAt, endsAt, lasts } = asking;
  const stages = stagesOf(approval);
  const timeout = stages[0]?.timeout;
  const dueAt = timeout === undefined ? null : later(at, timeout);
  const applications = catalog.applicationsOf(request.packageId);
  const route = {
    approverIds: opening?.able ?? [],
    quorum: opening?.quorum ?? 0,
    ...(opening?.escalation == null ? {} : { escalation: opening.escalation }),
    ...(isDistinct(approval) ? {} : ({ distinct: false } as const)),
  };
  const period = {
    ...(startsAt === null ? {} : { startsAt }),
    ...(endsAt === null ? {} : { endsAt }),
    ...(lasts === null ? {} : { lasts }),
    ...(asking.extends === null ? {} : { extends: asking.extends }),
  };
  const data = { request, stages, applications, requestedAt: at, dueAt, ...route, ...period };
  const asked = requested(data, asking.justification);
  if (stages.length > 0) return { events: [asked], changes: noChanges, dueAt };
  const assignmentId = asking.extends ?? uuidv7();
  return {
    events: [asked, completed(request, [], { outcome: 'assign', assignmentId }, at)],
    changes: changesFor(asking, beneficiary, { assignmentId, approvers: [], at }),
    dueAt: null,
  };
}

interface AskedAround {
  readonly catalog: CatalogSnapshot;
  readonly beneficiary: Person;
  readonly opening: Opening | null;
  readonly at: string;
}

/** The assignment that is to end later; null where a new one is asked for. @throws AssignmentNotActive */
function extendedBy(submission: Submission, { access }: Person): Assignment | null {
  if (submission.extends === null) return null;
  const held = access.state.assignments.find(({ assignmentId }) => assignmentId === submission.extends);
  if (held === undefined)
    throw new AssignmentNotActive('the assignment has ended: nothing is left to extend', {
      assignmentId: submission.extends,
    });
  return held;
}

/** @throws InvalidInput for an unknown package, a draft, or a missing justification */
function publishedPackage(
  packageId: string,
  justification: string | null,
  catalog: CatalogSnapshot,
): Versioned<AccessPackage> {
  const wanted = catalog.accessPackage(packageId);
  if (wanted?.document.status !== 'published') {
    throw new InvalidInput([{ pointer: '/packageId', detail: `names no access package: there is no ${packageId}` }]);
  }
  if (justification === null && wanted.document.requireJustification) {
    throw new InvalidInput([{ pointer: '/justification', detail: 'is missing: say what the access is for' }]);
  }
  return wanted;
}
