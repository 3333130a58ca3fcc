import { unreachable } from '#libs/event-store/core.js';
import type { AccessRequestEvent } from './access-request.events.js';

/** One step in the life of a request. */
export interface HistoryEntry {
  readonly at: string;
  readonly event:
    | 'submitted'
    | 'refused'
    | 'decided'
    | 'reassigned'
    | 'stage-opened'
    | 'rerouted'
    | 'reminded'
    | 'approved'
    | 'denied'
    | 'expired'
    | 'cancelled'
    | 'reopened';
  /** Null where it is about the request as a whole. */
  readonly stage: number | null;
  /** Who decided; null for other steps. */
  readonly approverId: string | null;
  /** Why; null where the event says it. */
  readonly code: string | null;
}

/** A fact as a step in the history of its request. */
export function historyStepOf(event: AccessRequestEvent): HistoryEntry {
  switch (event.type) {
    case 'AccessRequested':
      return step(event.data.requestedAt, 'submitted');
    case 'AccessRequestRefused':
      return step(event.data.refusedAt, 'refused', { code: event.data.code });
    case 'RequestDecided': {
      const { decidedAt, stage, approverId, decision } = event.data;
      return step(decidedAt, 'decided', { stage, approverId, code: decision });
    }
    case 'RequestReassigned':
      return step(event.data.reassignedAt, 'reassigned', { stage: event.data.stage });
    case 'RequestStageOpened':
      return step(event.data.openedAt, 'stage-opened', { stage: event.data.stage });
    case 'RequestRerouted':
      return step(event.data.reroutedAt, 'rerouted', { stage: event.data.stage, code: event.data.code });
    case 'RequestReminded':
      return step(event.data.remindedAt, 'reminded', { stage: event.data.stage });
    case 'RequestApproved':
      return step(event.data.approvedAt, 'approved');
    case 'RequestDenied':
      return step(event.data.deniedAt, 'denied', { code: event.data.code });
    case 'RequestExpired':
      return step(event.data.expiredAt, 'expired', { code: event.data.code });
    case 'RequestCancelled':
      return step(event.data.cancelledAt, 'cancelled', { code: event.data.code });
    case 'RequestReopened':
      return step(event.data.reopenedAt, 'reopened', { stage: event.data.stage });
    default:
      return unreachable(event);
  }
}

const step = (
  at: string,
  event: HistoryEntry['event'],
  more: Partial<Pick<HistoryEntry, 'stage' | 'approverId' | 'code'>> = {},
): HistoryEntry => ({ at, event, stage: null, approverId: null, code: null, ...more });
