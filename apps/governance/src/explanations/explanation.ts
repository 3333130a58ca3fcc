import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { entitlementFields, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { topics } from '#libs/contracts/topics.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import {
  type AssignmentCreated,
  type AssignmentRevoked,
  type EndedAssignment,
  type Grounds,
  type RemovalItem,
  type RemovalState,
  removalWord,
  type RevocationCode,
} from '../assignments/assignments.exports.js';
import type { NoAccess } from './no-access.js';
import type { IdentitySnapshot } from '../identities/identities.exports.js';
import type { AccessRequestEvent } from '../requests/requests.exports.js';

/** One step of a chain of causes, nearest first. Of an event of another service, `actor` is not known here. */
export interface Link {
  readonly event: string;
  readonly type: string;
  readonly at: string | null;
  readonly actor: string | null;
}

export interface AssignmentExplanation {
  readonly assignment: string;
  readonly package: { readonly id: string; readonly version: number };
  readonly since: string;
  readonly cause: Grounds;
  /** Each decision about a request. */
  readonly approvals: readonly {
    readonly approver: string;
    readonly decision: string;
    readonly at: string;
    readonly comment: string | null;
  }[];
  readonly justification: string | null;
  /** Ids of the HR events that made the identity what it was when this was assigned. */
  readonly hrEvents: readonly string[];
  readonly chain: readonly Link[];
}

/** Something that an assignment gave and that should have ended with it: nothing shows that it is gone. */
export interface EndedExplanation {
  readonly assignment: string;
  readonly package: { readonly id: string; readonly version: number };
  readonly since: string;
  readonly until: string;
  /** Why it ended. */
  readonly code: RevocationCode;
  readonly cause: Grounds;
  readonly removal: RemovalState;
  readonly entitlements: readonly RemovalItem[];
  /** What ended it. */
  readonly chain: readonly Link[];
}

export interface Explanation {
  readonly identity: string;
  readonly application: string;
  readonly status: DesiredAccessMessage['status'];
  /** Of the newest desired access; 0 where none was ever said. */
  readonly sequence: number;
  /** Null where there is access. */
  readonly noAccess: NoAccess | null;
  readonly entitlements: readonly (EntitlementFields & { readonly because: readonly AssignmentExplanation[] })[];
  /** Access that nothing justifies any more and that is not known to be gone. */
  readonly shouldHaveEnded: readonly EndedExplanation[];
  /** What led to the newest desired access, be it empty. */
  readonly chain: readonly Link[];
}

/** What is explained: the newest desired access, and the parts of ended assignments that are not known to be gone. */
export interface Explained {
  readonly message: DesiredAccessMessage;
  readonly sequence: number;
  readonly ended: readonly EndedAssignment[];
  readonly noAccess: NoAccess | null;
}

/**
 * Follows the causation ids from each entitlement to its causes.
 * @param facts of all streams concerned
 * @param typeOf the public type of a fact, by which the log knows it, too
 */
export function explain(
  { message, sequence, ended, noAccess }: Explained,
  facts: readonly RecordedFact[],
  typeOf: (fact: RecordedFact) => string,
): Explanation {
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const chainFrom = (fact: RecordedFact): Link[] => chainOf(fact, byId, typeOf);
  const newest = facts.findLast(
    ({ stream, version }) => stream === `desired-${message.identity}.${message.application}` && version === sequence,
  );
  const created = new Map(facts.filter(isCreated).map((fact) => [fact.data.assignment.assignmentId, fact]));
  return {
    identity: message.identity,
    application: message.application,
    status: message.status,
    sequence,
    noAccess,
    entitlements: message.entitlements.map((entitlement) => ({
      ...entitlementFields(entitlement),
      because: entitlement.because.flatMap((id) => {
        const fact = created.get(id);
        return fact === undefined ? [] : [explainAssignment(fact, facts, chainFrom)];
      }),
    })),
    shouldHaveEnded: ended.flatMap((one) => explainEnded(one, message.application, facts, chainFrom)),
    chain: newest === undefined ? [] : chainFrom(newest),
  };
}

function explainEnded(
  { assignment, code, revokedAt, removals }: EndedAssignment,
  application: string,
  facts: readonly RecordedFact[],
  chainFrom: (fact: RecordedFact) => Link[],
): EndedExplanation[] {
  const here = removals.filter((removal) => removal.application === application);
  const entitlements = here.flatMap(({ items }) => items).filter(({ removal }) => removal !== 'done');
  if (entitlements.length === 0) return [];
  const { assignmentId, packageId, packageVersion, since, cause } = assignment;
  const end = facts.filter(isRevoked).find(({ data }) => data.assignment.assignmentId === assignmentId);
  return [
    {
      assignment: assignmentId,
      package: { id: packageId, version: packageVersion },
      since,
      until: revokedAt,
      code,
      cause,
      removal: removalWord(here),
      entitlements,
      chain: end === undefined ? [] : chainFrom(end),
    },
  ];
}

function explainAssignment(
  fact: RecordedFact<AssignmentCreated>,
  facts: readonly RecordedFact[],
  chainFrom: (fact: RecordedFact) => Link[],
): AssignmentExplanation {
  const { assignmentId, packageId, packageVersion, cause, since, identityId } = fact.data.assignment;
  const identityFact = facts.findLast(({ stream, id }) => stream === `identity-${identityId}` && id < fact.id);
  const request = cause.type === 'request' ? facts.filter(({ stream }) => stream === `request-${cause.request}`) : [];
  return {
    assignment: assignmentId,
    package: { id: packageId, version: packageVersion },
    since,
    cause,
    ...decisionsOf(request as unknown as readonly AccessRequestEvent[]),
    hrEvents: identityFact?.causationId == null ? [] : [identityFact.causationId],
    chain: chainFrom(fact),
  };
}

function decisionsOf(
  events: readonly AccessRequestEvent[],
): Pick<AssignmentExplanation, 'approvals' | 'justification'> {
  const approvals: AssignmentExplanation['approvals'][number][] = [];
  let justification: string | null = null;
  for (const event of events) {
    if (event.type === 'AccessRequested') justification = event.personal.requester.fields?.justification ?? null;
    if (event.type !== 'RequestDecided') continue;
    const { approverId: approver, decision, decidedAt: at } = event.data;
    approvals.push({ approver, decision, at, comment: event.personal.approver.fields?.comment ?? null });
  }
  return { approvals, justification };
}

function chainOf(
  from: RecordedFact,
  byId: ReadonlyMap<string, RecordedFact>,
  typeOf: (fact: RecordedFact) => string,
): Link[] {
  const links: Link[] = [];
  let fact: RecordedFact | undefined = from;
  while (fact !== undefined) {
    links.push({ event: fact.id, type: typeOf(fact), at: fact.occurredAt, actor: fact.actor });
    const cause: string | null = fact.causationId;
    if (cause === null) return links;
    const effect: RecordedFact = fact;
    fact = byId.get(cause);
    if (fact === undefined) links.push(externalLink(cause, effect));
  }
  return links;
}

/** A message of another service that led to a fact here. For HR's messages the identity has the data. */
function externalLink(event: string, { stream, data }: RecordedFact): Link {
  if (!stream.startsWith('identity-')) return { event, type: 'event', at: null, actor: null };
  const { statement } = data as IdentitySnapshot;
  if (statement?.event !== event) return { event, type: topics.lifecycle, at: null, actor: null };
  return { event, type: statement.type, at: statement.at, actor: null };
}

const isCreated = (fact: RecordedFact): fact is RecordedFact<AssignmentCreated> => fact.type === 'AssignmentCreated';
const isRevoked = (fact: RecordedFact): fact is RecordedFact<AssignmentRevoked> => fact.type === 'AssignmentRevoked';
