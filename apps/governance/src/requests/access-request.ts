import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { defaultTimeout, later } from '../policy/policy.exports.js';
import { AlreadyDecided, NotApprover, NotRequester, OwnRequest, RequestNotPending } from './access-request.errors.js';
import type {
  AccessRequested,
  AccessRequestEvent,
  CancellationCode,
  RequestCancelled,
  RequestDecided,
  RequestExpired,
  RequestReassigned,
  RequestTerms,
} from './access-request.events.js';

export type AccessRequest =
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly request: RequestTerms }
  | (Asked & { readonly status: 'pending' })
  | (Asked & { readonly status: 'approved'; readonly assignmentId: string; readonly closedAt: string })
  | (Asked & { readonly status: 'denied' | 'expired' | 'cancelled'; readonly code: string; readonly closedAt: string });

export interface Asked {
  readonly request: RequestTerms;
  readonly stages: readonly ApprovalStage[];
  readonly applications: readonly string[];
  readonly requestedAt: string;
  readonly dueAt: string | null;
  /**
   * Who may decide in the open stage; null in a request older than the field: then the people whom the stage means
   * today.
   */
  readonly approverIds: readonly string[] | null;
  readonly justification: string | null;
  readonly decisions: readonly Decision[];
}

export interface Decision {
  readonly stage: number;
  readonly approverId: string;
  readonly decision: 'approve' | 'deny';
  readonly decidedAt: string;
  readonly comment: string | null;
}

export const accessRequest: Fold<AccessRequest, AccessRequestEvent> = {
  version: 1,
  initial: { status: 'absent' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'AccessRequested': {
        const justification = event.personal.requester.fields?.justification ?? null;
        const { approverIds = null, ...terms } = event.data;
        return { status: 'pending', ...terms, approverIds, justification, decisions: [] };
      }
      case 'AccessRequestRefused':
        return { status: 'refused', request: event.data.request };
      case 'RequestDecided':
        return 'decisions' in state ? { ...state, decisions: [...state.decisions, decisionOf(event)] } : state;
      case 'RequestReassigned': {
        const { approverIds, dueAt } = event.data;
        return state.status === 'pending' ? { ...state, approverIds, dueAt } : state;
      }
      case 'RequestApproved': {
        const { assignmentId, approvedAt } = event.data;
        return 'decisions' in state
          ? { ...askedOf(state), status: 'approved', assignmentId, closedAt: approvedAt }
          : state;
      }
      case 'RequestDenied':
        return closed(state, 'denied', event.data.code, event.data.deniedAt);
      case 'RequestExpired':
        return closed(state, 'expired', event.data.code, event.data.expiredAt);
      case 'RequestCancelled':
        return closed(state, 'cancelled', event.data.code, event.data.cancelledAt);
      default:
        return unreachable(event);
    }
  },
};

/** What lies in a row is the state of a request that was made. */
export const isRequest = hasShape<Asked & { readonly status: string }>({
  status: ['pending', 'approved', 'denied', 'expired', 'cancelled'],
  request: 'object',
  stages: 'list',
  applications: 'list',
  requestedAt: 'text',
  dueAt: 'any',
  approverIds: 'any',
  justification: 'any',
  decisions: 'list',
});

export function requested(terms: AccessRequested['data'], justification: string | null): AccessRequested {
  const fields = justification === null ? {} : { justification };
  return {
    type: 'AccessRequested',
    v: 1,
    data: terms,
    personal: { requester: { subject: terms.request.requesterId, fields } },
  };
}

/** Who decides, and as whom: `named` are the people who may decide in the open stage. */
export interface DecisionStatement {
  readonly approverId: string;
  readonly decision: 'approve' | 'deny';
  readonly comment: string | null;
  readonly at: string;
  readonly named: ReadonlySet<string>;
}

/** The result of the request if this decision completes the approval, by today's rules. */
export type Completion =
  | { readonly outcome: 'assign'; readonly assignmentId: string }
  | { readonly outcome: 'not-eligible' }
  | { readonly outcome: 'already-held' };

/**
 * Records one approver's decision. The first denial denies the request; the last required approval approves it.
 * @throws OwnRequest, NotApprover, RequestNotPending, AlreadyDecided (a second decision of the same approver)
 */
export function decide(by: DecisionStatement, completion: Completion, state: AccessRequest): AccessRequestEvent[] {
  if (!('decisions' in state)) throw notPending('', state.status);
  const { request } = state;
  const { requestId } = request;
  if (by.approverId === request.requesterId || by.approverId === request.beneficiaryId) {
    throw new OwnRequest('nobody may decide on their own request', { requestId });
  }
  const decidedBefore = state.decisions.some(({ approverId }) => approverId === by.approverId);
  if (!by.named.has(by.approverId) && !decidedBefore) {
    throw new NotApprover('you are not an approver of this request’s open stage', { requestId });
  }
  if (state.status !== 'pending') throw notPending(requestId, state.status);
  if (decidedBefore) {
    throw new AlreadyDecided('you have already decided on this request: other approvers must decide now', {
      requestId,
    });
  }
  // Its timer has not fired yet, as after an outage.
  if (isOverdue(by.at, state)) throw notPending(requestId, 'expired');

  const decided = decidedFact(request, by);
  if (by.decision === 'deny') {
    return [decided, { type: 'RequestDenied', v: 1, data: { request, code: 'denied_by_approver', deniedAt: by.at } }];
  }
  const approvers = [...state.decisions.map(({ approverId }) => approverId), by.approverId];
  if (approvers.length < (state.stages[0]?.quorum ?? 1)) return [decided];
  return [decided, completed(request, approvers, completion, by.at)];
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
    case 'not-eligible':
      return { type: 'RequestDenied', v: 1, data: { request, code: 'no_longer_eligible', deniedAt: at } };
    case 'already-held':
      return { type: 'RequestCancelled', v: 1, data: { request, code: 'already_held', cancelledAt: at } };
    default:
      return unreachable(completion);
  }
}

/** @throws NotRequester, RequestNotPending */
export function withdraw(by: { identityId: string; at: string }, state: AccessRequest): RequestCancelled[] {
  if (!('decisions' in state)) throw notPending('', state.status);
  const { requestId, requesterId, beneficiaryId } = state.request;
  if (by.identityId !== requesterId && by.identityId !== beneficiaryId) {
    throw new NotRequester('only the requester or the beneficiary can withdraw a request', { requestId });
  }
  if (state.status !== 'pending') throw notPending(requestId, state.status);
  return [cancelled(state.request, 'withdrawn', by.at)];
}

/** @throws RequestNotPending */
export function cancelByAdministrator(at: string, state: AccessRequest): RequestCancelled[] {
  if (!('decisions' in state)) throw notPending('', state.status);
  if (state.status !== 'pending') throw notPending(state.request.requestId, state.status);
  return [cancelled(state.request, 'cancelled_by_administrator', at)];
}

/** Other approvers for the open stage. Its timeout starts again. @throws RequestNotPending */
export function reassign(
  to: { readonly approverIds: readonly string[]; readonly reason: string; readonly at: string },
  state: AccessRequest,
): RequestReassigned[] {
  if (!('decisions' in state)) throw notPending('', state.status);
  const { request, stages } = state;
  if (state.status !== 'pending') throw notPending(request.requestId, state.status);
  if (isOverdue(to.at, state)) throw notPending(request.requestId, 'expired');
  const dueAt = later(to.at, stages[0]?.timeout ?? defaultTimeout);
  return [
    {
      type: 'RequestReassigned',
      v: 1,
      data: { request, stage: 0, approverIds: to.approverIds, dueAt, reassignedAt: to.at },
      personal: { beneficiary: { subject: request.beneficiaryId, fields: { reason: to.reason } } },
    },
  ];
}

/** Returns nothing if the request is already closed. */
export function cancelForLeaver(at: string, state: AccessRequest): RequestCancelled[] {
  return state.status === 'pending' ? [cancelled(state.request, 'beneficiary_left', at)] : [];
}

/** The open stage's time is over; nothing for a request that is closed already, or not due. */
export function timeOut(at: string, state: AccessRequest): RequestExpired[] {
  if (state.status !== 'pending' || !isOverdue(at, state)) return [];
  return [{ type: 'RequestExpired', v: 1, data: { request: state.request, code: 'timeout', expiredAt: at } }];
}

const isOverdue = (at: string, { dueAt }: Asked): boolean => dueAt !== null && at >= dueAt;

function decidedFact(request: RequestTerms, { approverId, decision, comment, at }: DecisionStatement): RequestDecided {
  return {
    type: 'RequestDecided',
    v: 1,
    data: { request, stage: 0, approverId, decision, decidedAt: at },
    personal: { approver: { subject: approverId, fields: comment === null ? {} : { comment } } },
  };
}

function decisionOf({ data, personal }: RequestDecided): Decision {
  const { stage, approverId, decision, decidedAt } = data;
  return { stage, approverId, decision, decidedAt, comment: personal.approver.fields?.comment ?? null };
}

function askedOf(state: Asked): Asked {
  const { request, stages, applications, requestedAt, dueAt, approverIds, justification, decisions } = state;
  return { request, stages, applications, requestedAt, dueAt, approverIds, justification, decisions };
}

function closed(
  state: AccessRequest,
  status: 'denied' | 'expired' | 'cancelled',
  code: string,
  closedAt: string,
): AccessRequest {
  return 'decisions' in state ? { ...askedOf(state), status, code, closedAt } : state;
}

const cancelled = (request: RequestTerms, code: CancellationCode, at: string): RequestCancelled => ({
  type: 'RequestCancelled',
  v: 1,
  data: { request, code, cancelledAt: at },
});

const notPending = (requestId: string, status: string): RequestNotPending =>
  new RequestNotPending(`the request is ${status}: it cannot be decided any more`, { requestId, status });
