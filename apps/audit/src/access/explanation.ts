import { saidIn } from '#libs/contracts/body-fault.js';
import type { AsFoundGrounds, AssignmentMessage, RequestMessage } from '#libs/contracts/decisions.js';
import type { ReadLeaf } from '../log/log.exports.js';

/** One entry of the log, as a step of an explanation. */
interface ExplanationStep {
  readonly entry: number;
  readonly type: string;
  readonly at: string;
  readonly actor: string;
}

interface Approval {
  /** Identity id. */
  readonly approver: string;
  readonly decision: 'approve' | 'deny';
  readonly at: string;
  /** Null when none was given, or the approver is forgotten. */
  readonly comment: string | null;
  readonly entry: number;
}

/** Why a person holds something: an assignment, and the events that led to it. */
export interface Explanation {
  readonly assignment: string;
  readonly package: string;
  readonly packageVersion: number;
  readonly since: string;
  readonly by:
    | {
        readonly type: 'request';
        readonly request: string;
        /** Identity id. */
        readonly requester: string | null;
        readonly submittedAt: string | null;
        readonly justification: string | null;
        readonly approvals: readonly Approval[];
      }
    | { readonly type: 'birthright'; readonly rule: string }
    | { readonly type: 'workflow'; readonly workflow: string; readonly version: number; readonly step: string }
    /** Without a request; `by`: UUID of who gave or took it. */
    | { readonly type: 'direct' | 'just-in-time' | 'break-glass'; readonly by: string }
    /** It was there before the hub: nobody is known who approved it, until somebody certified it. */
    | AsFoundGrounds;
  /** The first known cause: an HR statement or a request. */
  readonly origin: ExplanationStep;
  /** Every entry of the chain and of the request, in order of time. */
  readonly chain: readonly ExplanationStep[];
}

export const assignmentCreated = 'hub.governance.assignment.created.v1';
const requestSubmitted = 'hub.governance.request.submitted.v1';
const requestDecided = 'hub.governance.request.decided.v1';

type MessagesById = (leaf: ReadLeaf, subject: string) => Readonly<Record<string, unknown>> | null;

/**
 * @param chain   the assignment's creation and what caused it, the first cause first
 * @param request all entries of its request, oldest first
 * @param words the personal fields of an entry about one person
 */
export function explanationOf(
  assignment: string,
  chain: readonly ReadLeaf[],
  request: readonly ReadLeaf[],
  words: MessagesById,
): Explanation | null {
  const created = chain.find(({ entry }) => entry.type === assignmentCreated && entry.subject === assignment);
  const said = created === undefined ? null : saidIn<AssignmentMessage>(created.entry, assignmentCreated);
  if (created === undefined || said === null) return null;
  const { package: id, packageVersion, since, cause } = said;
  const all = new Map([...request, ...chain].map((leaf) => [leaf.index, stepOf(leaf)]));
  // The sort is stable: entries of the same millisecond stay in causal order.
  const steps = [...all.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const by =
    cause.type !== 'request'
      ? cause
      : { type: cause.type, request: cause.request, ...askedAndApproved(request, words) };
  return { assignment, package: id, packageVersion, since, by, origin: stepOf(chain[0] ?? created), chain: steps };
}

function askedAndApproved(
  request: readonly ReadLeaf[],
  words: MessagesById,
): { requester: string | null; submittedAt: string | null; justification: string | null; approvals: Approval[] } {
  const submitted = request.find(({ entry }) => entry.type === requestSubmitted);
  const asked = submitted === undefined ? null : saidIn<RequestMessage>(submitted.entry, requestSubmitted);
  const requester = asked?.requester ?? null;
  const justification =
    submitted === undefined || requester === null ? null : text(words(submitted, requester)?.['justification']);
  const approvals = request.flatMap((leaf) => {
    const { approver, decision } = saidIn<RequestMessage>(leaf.entry, requestDecided) ?? {};
    if (approver === undefined || decision === undefined) return [];
    const comment = text(words(leaf, approver)?.['comment']);
    return [{ approver, decision, at: leaf.entry.occurredAt, comment, entry: leaf.index }];
  });
  return { requester, submittedAt: submitted?.entry.occurredAt ?? null, justification, approvals };
}

const stepOf = ({ index, entry }: ReadLeaf): ExplanationStep => ({
  entry: index,
  type: entry.type,
  at: entry.occurredAt,
  actor: entry.actor,
});

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
