import { defaultTimeout, later } from '../policy/policy.exports.js';
import { NotRequester, RequestNotPending } from './access-request.errors.js';
import type {
  AccessRequested,
  CancellationCode,
  RequestCancelled,
  RequestExpired,
  RequestReassigned,
  RequestReminded,
  RequestReopened,
  RequestRerouted,
  RequestTerms,
  RoutingCode,
} from './access-request.events.js';
import { openDecisions, type AccessRequest, type Asked } from './access-request.js';
import type { Opening } from './approvers.js';

export function requested(terms: AccessRequested['data'], justification: string | null): AccessRequested {
  const fields = justification === null ? {} : { justification };
  return {
    type: 'AccessRequested',
    v: 1,
    data: terms,
    personal: { requester: { subject: terms.request.requesterId, fields } },
  };
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
  const { request, stages, stage } = state;
  if (state.status !== 'pending') throw notPending(request.requestId, state.status);
  if (isOverdue(to.at, state)) throw notPending(request.requestId, 'expired');
  const dueAt = later(to.at, stages[stage]?.timeout ?? defaultTimeout);
  return [
    {
      type: 'RequestReassigned',
      v: 1,
      data: { request, stage, approverIds: to.approverIds, dueAt, reassignedAt: to.at },
      personal: { beneficiary: { subject: request.beneficiaryId, fields: { reason: to.reason } } },
    },
  ];
}

/** Returns nothing if the request is already closed. */
export function cancelForLeaver(
  code: 'beneficiary_left' | 'beneficiary_locked_down',
  at: string,
  state: AccessRequest,
): RequestCancelled[] {
  return state.status === 'pending' ? [cancelled(state.request, code, at)] : [];
}

/**
 * The leaving that cancelled it did not hold: its open stage has the time that was left of it. Nothing for a request that
 * was cancelled otherwise or by an earlier leaving, or whose period is over.
 */
export function reopen(leaving: Rescinded, at: string, state: AccessRequest): RequestReopened[] {
  if (state.status !== 'cancelled' || state.code !== 'beneficiary_left' || !isOf(leaving, state)) return [];
  if (state.endsAt !== null && state.endsAt <= at) return [];
  const { request, stage, approverIds, dueAt, closedAt } = state;
  const remaining = dueAt === null ? null : Date.parse(dueAt) - Date.parse(closedAt);
  const due = remaining === null ? null : new Date(Date.parse(at) + remaining).toISOString();
  return [{ type: 'RequestReopened', v: 1, data: { request, stage, approverIds, dueAt: due, reopenedAt: at } }];
}

/** A leaving that did not hold. */
export interface Rescinded {
  /** When it was stated. */
  readonly leftAt: string;
  /** First day of the employment that goes on. */
  readonly hireDate: string;
}

/** Did this leaving cancel it, or was it made in the employment that goes on? HR's clock may be ahead. */
const isOf = (
  { leftAt, hireDate }: Rescinded,
  { closedAt, requestedAt }: { readonly closedAt: string; readonly requestedAt: string },
): boolean => closedAt >= leftAt || requestedAt.slice(0, hireDate.length) >= hireDate;

/**
 * The open stage's time is over: it is escalated once, if its policy says so and somebody can decide, and else expires.
 * Nothing for a request that is closed already, or not due.
 */
export function timeOut(
  at: string,
  escalation: Opening | null,
  state: AccessRequest,
): (RequestExpired | RequestRerouted)[] {
  if (state.status !== 'pending' || !isOverdue(at, state)) return [];
  const { request } = state;
  if (escalates(state) && escalation !== null && escalation.missing.length === 0) {
    const dueAt = later(at, state.stages[state.stage]?.timeout ?? defaultTimeout);
    return [rerouted(state, { code: 'timeout', opening: escalation, dueAt }, at)];
  }
  return [{ type: 'RequestExpired', v: 1, data: { request, code: 'timeout', expiredAt: at } }];
}

/** Does its policy say that other people decide when nobody has in time, and do they not yet? */
export const escalates = ({ stages, stage, chosenBy }: Asked): boolean =>
  stages[stage]?.onTimeout === 'escalate' && chosenBy !== 'timeout';

/** Half of the time is over: everybody who has not decided is reminded. Nothing for a closed request. */
export function remind(at: string, state: AccessRequest): RequestReminded[] {
  if (state.status !== 'pending' || state.dueAt === null || isOverdue(at, state)) return [];
  const { request, stage, dueAt } = state;
  const decided = new Set(openDecisions(state).map(({ approverId, onBehalfOf }) => onBehalfOf ?? approverId));
  const approverIds = (state.approverIds ?? []).filter((id) => !decided.has(id));
  if (approverIds.length === 0) return [];
  return [{ type: 'RequestReminded', v: 1, data: { request, stage, approverIds, dueAt, remindedAt: at } }];
}

/** When the approvers of the open stage are reminded: after half of its time. */
export const remindedAt = (from: string, dueAt: string): string =>
  new Date((Date.parse(from) + Date.parse(dueAt)) / 2).toISOString();

/** What time will do to an open request; nothing for a closed one. */
export function openRequestOf(state: AccessRequest): {
  readonly requestId: string;
  readonly packageId: string;
  readonly dueAt: string | null;
  readonly remindedAt: string | null;
  readonly escalates: boolean;
}[] {
  if (state.status !== 'pending') return [];
  const { request, dueAt, stageOpenedAt } = state;
  return [
    {
      requestId: request.requestId,
      packageId: request.packageId,
      dueAt,
      remindedAt: dueAt === null ? null : remindedAt(stageOpenedAt, dueAt),
      escalates: escalates(state),
    },
  ];
}

/**
 * Replaces the approvers of the open stage when the policy names other people today: the manager has changed, or an
 * approver is gone. What an administrator or the timeout chose stays while enough of them can decide.
 * @param usable can this approver decide today?
 */
export function reroute(
  opening: Opening,
  usable: (identityId: string) => boolean,
  at: string,
  state: AccessRequest,
): RequestRerouted[] {
  if (state.status !== 'pending' || state.approverIds === null || isOverdue(at, state)) return [];
  const { approverIds, quorum, dueAt, chosenBy } = state;
  const allUsable = approverIds.every(usable);
  const missing = quorum - openDecisions(state).length;
  if (chosenBy !== 'policy' && approverIds.filter(usable).length >= missing) return [];
  const same = opening.able.length === approverIds.length && opening.able.every((id) => approverIds.includes(id));
  if (same || opening.missing.length > 0) return [];
  return [rerouted(state, { code: allUsable ? 'manager_changed' : 'approver_gone', opening, dueAt }, at)];
}

interface Route {
  readonly code: RoutingCode;
  readonly opening: Opening;
  readonly dueAt: string | null;
}

function rerouted({ request, stage }: Asked, { code, opening, dueAt }: Route, at: string): RequestRerouted {
  const { able: approverIds, quorum, escalation } = opening;
  const route = { code, approverIds, quorum, ...(escalation === null ? {} : { escalation }), dueAt };
  return { type: 'RequestRerouted', v: 1, data: { request, stage, ...route, reroutedAt: at } };
}

export const isOverdue = (at: string, { dueAt }: Asked): boolean => dueAt !== null && at >= dueAt;

const cancelled = (request: RequestTerms, code: CancellationCode, at: string): RequestCancelled => ({
  type: 'RequestCancelled',
  v: 1,
  data: { request, code, cancelledAt: at },
});

export const notPending = (requestId: string, status: string): RequestNotPending =>
  new RequestNotPending(`the request is ${status}: it cannot be decided any more`, { requestId, status });
