import { unreachable } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { later } from '../policy/policy.exports.js';
import { AlreadyDecided, NotApprover, OwnException, OwnRequest, SuperiorsRequest } from './access-request.errors.js';
import type {
  AccessRequestEvent,
  DenialCode,
  RequestDecided,
  RequestStageOpened,
  RequestTerms,
  Shown,
} from './access-request.events.js';
import { openDecisions, type AccessRequest, type Asked } from './access-request.js';
import type { Opening } from './approvers.js';
import { isOverdue, notPending } from './open-request.js';

/** Who decides, and as whom. */
export interface DecisionStatement {
  readonly approverId: string;
  readonly decision: 'approve' | 'deny';
  readonly comment: string | null;
  /** Another end of the access; null: as it is. */
  readonly endsAt: string | null;
  readonly at: string;
  /** The people who may decide in the open stage. */
  readonly named: ReadonlySet<string>;
  /** Those of them who have delegated their decisions to the approver. */
  readonly delegators: readonly string[];
  /** Did the approver grant the exception from separation of duties that the request needs? */
  readonly excepted: boolean;
  /** Is the requester or the beneficiary above the approver? */
  readonly superiors: boolean;
  readonly shown: Shown | null;
}

/** The result of the request if this decision completes the approval, by today's rules. */
export type Completion =
  | { readonly outcome: 'assign'; readonly assignmentId: string }
  | { readonly outcome: 'refused'; readonly code: Exclude<DenialCode, 'denied_by_approver'> }
  | { readonly outcome: 'already-held' };

/** What follows if the open stage is approved: the next stage, or the end. */
export interface Sequel {
  /** Who would decide in the next stage; null for none. */
  readonly opening: Opening | null;
  readonly completion: Completion;
}

/**
 * Records one approver's decision. The first denial denies the request; the last approval of a stage opens the next, and
 * that of the last stage approves the request.
 * @throws OwnRequest, OwnException, SuperiorsRequest, NotApprover, RequestNotPending, AlreadyDecided (a second decision of the same approver)
 */
export function decide(by: DecisionStatement, sequel: Sequel, state: AccessRequest): AccessRequestEvent[] {
  if (!('decisions' in state)) throw notPending('', state.status);
  const { request } = state;
  const { requestId } = request;
  requireApprover(by, state);
  const seat = seatOf(by, state);
  if (state.status !== 'pending') throw notPending(requestId, state.status);
  // Its timer has not fired yet, as after an outage.
  if (isOverdue(by.at, state)) throw notPending(requestId, 'expired');

  const decided = decidedFact(state, by, seat);
  if (by.decision === 'deny') {
    return [decided, { type: 'RequestDenied', v: 1, data: { request, code: 'denied_by_approver', deniedAt: by.at } }];
  }
  if (openDecisions(state).length + 1 < state.quorum) return [decided];
  const next = state.stages[state.stage + 1];
  if (next !== undefined && sequel.opening !== null) return [decided, stageOpened(state, next, sequel.opening, by.at)];
  const approvers = [...state.decisions.map(({ approverId }) => approverId), by.approverId];
  return [decided, completed(request, approvers, sequel.completion, by.at)];
}

export const notApprover = (requestId: string): NotApprover =>
  new NotApprover('you are not an approver of this request’s open stage', { requestId });

/** Before anything else is told of the request. @throws OwnRequest, NotApprover */
export function requireApprover(by: DecisionStatement, state: Asked): void {
  const { requestId, requesterId, beneficiaryId } = state.request;
  if (by.approverId === requesterId || by.approverId === beneficiaryId)
    throw new OwnRequest('nobody may decide on their own request', { requestId });
  if (seatsOf(by).length === 0 && !hasDecided(by, state)) throw notApprover(requestId);
}

/** The places in the open stage that the approver may take. */
const seatsOf = ({ approverId, delegators, named }: DecisionStatement): string[] =>
  [approverId, ...delegators].filter((id) => named.has(id));

const hasDecided = (by: DecisionStatement, { decisions, distinct, stage: open }: Asked): boolean =>
  decisions.some(({ approverId, stage }) => approverId === by.approverId && (distinct || stage === open));

/** The approver for whom the decision counts: the caller, or a person who delegated their decisions to the caller. */
function seatOf(by: DecisionStatement, state: Asked & { readonly status: string }): string {
  const { requestId } = state.request;
  const taken = new Set(openDecisions(state).map(({ approverId, onBehalfOf }) => onBehalfOf ?? approverId));
  if (by.excepted)
    throw new OwnException('you granted the exception that this request needs: another approver must decide', {
      requestId,
    });
  if (by.superiors) throw new SuperiorsRequest('you may not decide for people you report to', { requestId });
  if (state.status !== 'pending') throw notPending(requestId, state.status);
  const free = seatsOf(by).find((id) => !taken.has(id));
  if (hasDecided(by, state) || free === undefined)
    throw new AlreadyDecided('you have already decided on this request: other approvers must decide now', {
      requestId,
    });
  return free;
}

function stageOpened(
  { request, stage }: Asked,
  { timeout }: ApprovalStage,
  { able, quorum, escalation }: Opening,
  at: string,
): RequestStageOpened {
  const route = { approverIds: able, quorum, ...(escalation === null ? {} : { escalation }) };
  const data = { request, stage: stage + 1, ...route, dueAt: later(at, timeout), openedAt: at };
  return { type: 'RequestStageOpened', v: 1, data };
}

/** Approved, unless today's rules say otherwise. */
export function completed(
  request: RequestTerms,
  approvers: readonly string[],
  completion: Completion,
  at: string,
): AccessRequestEvent {
  switch (completion.outcome) {
    case 'assign':
      return {
        type: 'RequestApproved',
        v: 1,
        data: { request, assignmentId: completion.assignmentId, approvers, approvedAt: at },
      };
    case 'refused':
      return { type: 'RequestDenied', v: 1, data: { request, code: completion.code, deniedAt: at } };
    case 'already-held':
      return { type: 'RequestCancelled', v: 1, data: { request, code: 'already_held', cancelledAt: at } };
    default:
      return unreachable(completion);
  }
}

function decidedFact({ request, stage }: Asked, by: DecisionStatement, seat: string): RequestDecided {
  const { approverId, decision, comment, at, endsAt, shown } = by;
  const more = {
    ...(seat === approverId ? {} : { onBehalfOf: seat }),
    ...(endsAt === null ? {} : { endsAt }),
    ...(shown === null ? {} : { shown }),
  };
  return {
    type: 'RequestDecided',
    v: 1,
    data: { request, stage, approverId, decision, decidedAt: at, ...more },
    personal: { approver: { subject: approverId, fields: comment === null ? {} : { comment } } },
  };
}
