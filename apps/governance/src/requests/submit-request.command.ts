import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { type AccessPackage, type CatalogSnapshot, stagesOf, type Versioned } from '../policy/policy.exports.js';
import { isKnownTo } from '../identities/identities.exports.js';
import { People, type Person, Recomputation } from '../people/people.exports.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { CallerWithoutIdentity, RequestRefused } from './access-request.errors.js';
import type { AccessRequestRefused, RequestTerms } from './access-request.events.js';
import { AccessRequests } from './access-requests.stream.js';
import { type Assignment, AssignmentNotActive } from '../assignments/assignments.exports.js';
import { aboutApprovers, askingOf, openingsOf, refusalOf, whyNot } from './admission.js';
import { extensionProblems, periodProblems, refusePeriod } from './period.js';
import { LoadDeciders, type Deciders } from './deciders.query.js';
import { requestedPackages } from './open-requests.query.js';
import { RequestTimers } from './request-timers.process.js';
import { ableIn, askFor, type AskedAround, type Asking, refusedOf, type Submission } from './submission.js';

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
    const requesterId = caller.identity;
    if (requesterId === null) throw new CallerWithoutIdentity('only a caller with an identity can request access', {});
    const forWhom = submission.beneficiaryId ?? requesterId;
    const [{ catalog, batch }, made] = await Promise.all([
      this.people.today({ ids: [requesterId, forWhom] }),
      this.requests.load(id),
    ]);
    if (made.state.status !== 'absent' && made.state.status !== 'refused') return id;
    const beneficiary = batch.get(forWhom);
    const at = this.clock.now();
    const { wanted, extended } = soundSubmission(submission, caller, { beneficiary, catalog, at });
    const { packageId } = submission;
    const terms = {
      // Each refusal is a record of its own: a repeated request is a new one.
      requestId: made.state.status === 'absent' ? id : uuidv7(),
      packageId,
      packageVersion: wanted.version,
      requesterId,
      beneficiaryId: beneficiary.identity.id,
    };
    const requested = await requestedPackages(this.db, terms.beneficiaryId);
    const { openings, people: deciding } = await this.deciding(terms, wanted.document, beneficiary, { catalog, at });
    const beside = { requested, undecidable: openings.missing, extended, at };
    const known = askingOf(terms, beneficiary, beside, catalog);
    const refusal = refusalOf(known, wanted.document);
    const causation = { ...causationOf(caller), correlationId: terms.requestId };
    if (refusal !== null) {
      await this.refuse(refusedOf(terms, refusal, submission.justification, at), causation);
      throw new RequestRefused(refusal, packageId, whyNot(refusal, known));
    }
    const asking = { ...submission, request: terms, lasts: extended === null ? wanted.document.maxDuration : null };
    const around = { catalog, beneficiary, opening: openings.first, at };
    const work = this.stageRequest(asking, wanted.document, around, causation);
    const approvers = ableIn(openings.first).flatMap((approver) => deciding.readAs(approver));
    this.people.guard(work, catalog, [batch.get(requesterId), ...approvers]);
    await work.commit();
    return terms.requestId;
  }

  private async refuse(refused: AccessRequestRefused, causation: Causation): Promise<void> {
    const work = this.store.work();
    this.requests.stage(work, notMade(refused.data.request.requestId), [refused], causation);
    await work.commit();
  }

  /** The request, its deadline, and the access that it gives at once if no approver is needed. */
  private stageRequest(asking: Asking, wanted: AccessPackage, around: AskedAround, causation: Causation): Work {
    const { catalog, beneficiary, at } = around;
    const { requestId } = asking.request;
    const { events, changes, dueAt } = askFor(asking, wanted, around);
    const work = this.store.work();
    const { facts } = this.requests.stage(work, notMade(requestId), events, causation);
    this.people.decide(work, beneficiary);
    this.timers.open(work, requestId, at, dueAt);
    if (changes.created.length + changes.steps.length > 0) {
      const because = { ...causation, causationId: facts.at(-1)?.id ?? null };
      this.recomputation.stage(work, beneficiary, { catalog, causation: because, at, asked: changes });
    }
    return work;
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

const notMade = (id: string) => ({ id, state: { status: 'absent' }, version: 0 }) as const;

/**
 * The package that is asked for, and the assignment that is to end later.
 * @throws InvalidInput, AssignmentNotActive
 */
function soundSubmission(
  submission: Submission,
  caller: Caller,
  { beneficiary, catalog, at }: Omit<AskedAround, 'opening'>,
): { wanted: Versioned<AccessPackage>; extended: Assignment | null } {
  const { packageId, justification, endsAt } = submission;
  const wanted = publishedPackage(packageId, justification, catalog);
  if (!isKnownTo(caller, beneficiary.identity.state)) {
    throw new InvalidInput([
      { pointer: '/beneficiaryId', detail: 'names no known identity: give the id of an identity' },
    ]);
  }
  const extended = extendedBy(submission, beneficiary);
  refusePeriod([
    ...periodProblems({ request: { packageId }, ...submission }, catalog, at),
    ...(extended === null ? [] : extensionProblems(endsAt, extended, wanted.document)),
  ]);
  return { wanted, extended };
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
