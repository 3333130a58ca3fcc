import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { entitlementFields, type EntitlementFields } from '#libs/contracts/entitlement.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import {
  type AccessEvent,
  type AssignmentFacts,
  type Carried,
  type EndedAssignment,
  type Grounds,
  type RemovalItem,
  type RemovalState,
  removalWord,
  type RevocationCode,
} from '../assignments/assignments.exports.js';
import { laterFacts, laterSteps, type LaterStep } from './later-steps.js';
import type { Link } from './link.js';
import type { NoAccess } from './no-access.js';
import { statedBy } from '../identities/identities.exports.js';
import type { RequestHistory } from '../requests/requests.exports.js';

/** The birthright rule as it was when it gave something, and the fact that defined it so. */
export interface RuleVersion {
  readonly id: string;
  readonly version: number;
  readonly event: string;
  readonly at: string;
}

/** What was known of the delivery of an assignment in one application from then on. */
export interface DeliveryStep {
  readonly event: string;
  readonly at: string;
  readonly delivery: Carried['delivery'];
}

export interface AssignmentExplanation {
  readonly assignment: string;
  readonly package: { readonly id: string; readonly version: number };
  readonly since: string;
  readonly cause: Grounds;
  /** Each decision about a request. */
  readonly approvals: RequestHistory['approvals'];
  readonly justification: string | null;
  /** The version of the birthright rule that gave it; null for another cause. */
  readonly rule: RuleVersion | null;
  /** How far the application was with it, oldest first. */
  readonly deliveries: readonly DeliveryStep[];
  /** What became of it since, oldest first: versions of its package, other ends, leaves, and who let it stay. */
  readonly later: readonly LaterStep[];
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
  /** `absent`: the hub did not know the person yet. */
  readonly status: DesiredAccessMessage['status'] | 'absent';
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
  readonly message: Omit<DesiredAccessMessage, 'status'> & { readonly status: Explanation['status'] };
  readonly sequence: number;
  readonly ended: readonly EndedAssignment[];
  readonly noAccess: NoAccess | null;
}

/** What an explanation is made of. */
export interface ExplanationParts {
  /** By assignment id. */
  readonly assignments: ReadonlyMap<string, AssignmentFacts>;
  /** By request id. */
  readonly requests: ReadonlyMap<string, RequestHistory>;
  /** Facts about what the person holds, oldest first. */
  readonly access: readonly RecordedFact<AccessEvent>[];
  /** Versions of birthright rules by id, oldest first. */
  readonly rules: ReadonlyMap<string, readonly Omit<RuleVersion, 'id'>[]>;
  /** Facts of the identity, oldest first. */
  readonly identity: readonly { readonly id: string; readonly causationId: string | null }[];
  /** Id of the fact that is the newest desired access; null where there is none. */
  readonly newest: string | null;
  /** The facts named above, and what led to them. */
  readonly chain: readonly RecordedFact[];
  /** The public type of a fact, by which the log knows it, too. */
  readonly typeOf: (fact: RecordedFact) => string;
}

/** Ids of the facts from which an explanation follows the causation ids. */
export function factsExplained(
  { message, ended }: Explained,
  { assignments, access, newest }: Pick<ExplanationParts, 'assignments' | 'access' | 'newest'>,
): string[] {
  const given = message.entitlements.flatMap(({ because }) => because);
  const began = given.flatMap((id) => assignments.get(id)?.began ?? []);
  const ends = ended.flatMap(({ assignment }) => assignments.get(assignment.assignmentId)?.ended ?? []);
  const later = laterFacts(new Set(given), access).map(({ id }) => id);
  return [...(newest === null ? [] : [newest]), ...began, ...ends, ...later];
}

/** Explains each entitlement, what should have ended, and the newest desired access itself. */
export function explain(
  { message, sequence, ended, noAccess }: Explained,
  { assignments, requests, access, rules, identity, newest, chain, typeOf }: ExplanationParts,
): Explanation {
  const byId = new Map(chain.map((fact) => [fact.id, fact]));
  const chainFrom = (id: string | null): Link[] => {
    const fact = byId.get(id ?? '');
    return fact === undefined ? [] : chainOf(fact, byId, typeOf);
  };
  const explainAssignment = ({ assignment, began }: AssignmentFacts): AssignmentExplanation => {
    const { assignmentId, packageId, packageVersion, cause, since } = assignment;
    const stated = identity.findLast(({ id }) => id < began)?.causationId ?? null;
    return {
      assignment: assignmentId,
      package: { id: packageId, version: packageVersion },
      since,
      cause,
      ...((cause.type === 'request' ? requests.get(cause.request) : undefined) ?? noHistory),
      rule: ruleOf(cause, since, rules),
      deliveries: deliveriesOf(assignmentId, message.application, access),
      later: laterSteps(assignmentId, access, typeOf, chainFrom),
      hrEvents: stated === null ? [] : [stated],
      chain: chainFrom(began),
    };
  };
  return {
    identity: message.identity,
    application: message.application,
    status: message.status,
    sequence,
    noAccess,
    entitlements: message.entitlements.map((entitlement) => ({
      ...entitlementFields(entitlement),
      because: entitlement.because.flatMap((id) => {
        const facts = assignments.get(id);
        return facts === undefined ? [] : [explainAssignment(facts)];
      }),
    })),
    shouldHaveEnded: ended.flatMap((one) => {
      const end = assignments.get(one.assignment.assignmentId)?.ended ?? null;
      return explainEnded(one, message.application, chainFrom(end));
    }),
    chain: chainFrom(newest),
  };
}

/** The newest version that was defined when it gave the assignment. */
function ruleOf(cause: Grounds, since: string, rules: ExplanationParts['rules']): RuleVersion | null {
  if (cause.type !== 'birthright') return null;
  const version = rules.get(cause.rule)?.findLast(({ at }) => at <= since);
  return version === undefined ? null : { id: cause.rule, ...version };
}

function deliveriesOf(assignmentId: string, application: string, access: ExplanationParts['access']): DeliveryStep[] {
  return access.flatMap((fact): DeliveryStep[] => {
    if (fact.type === 'AssignmentDeliveryChanged') {
      const { assignment, carried } = fact.data;
      const isIt = assignment.assignmentId === assignmentId && carried.application === application;
      return isIt ? [{ event: fact.id, at: fact.occurredAt, delivery: carried.delivery }] : [];
    }
    if (fact.type !== 'AssignmentCreated' && fact.type !== 'AssignmentStarted' && fact.type !== 'AssignmentResumed')
      return [];
    const carried = fact.data.applications.find((one) => one.application === application);
    if (fact.data.assignment.assignmentId !== assignmentId || carried === undefined) return [];
    return [{ event: fact.id, at: fact.occurredAt, delivery: carried.delivery }];
  });
}

const noHistory: RequestHistory = { justification: null, approvals: [] };

function explainEnded(
  { assignment, code, revokedAt, removals }: EndedAssignment,
  application: string,
  chain: readonly Link[],
): EndedExplanation[] {
  const here = removals.filter((removal) => removal.application === application);
  const entitlements = here.flatMap(({ items }) => items).filter(({ removal }) => removal !== 'done');
  if (entitlements.length === 0) return [];
  const { assignmentId, packageId, packageVersion, since, cause } = assignment;
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
      chain,
    },
  ];
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

/** A message of another service that caused a fact here. For HR's messages the identity has the data. */
function externalLink(event: string, effect: RecordedFact): Link {
  return { event, actor: null, ...(statedBy(event, effect) ?? { type: 'event', at: null }) };
}
