import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type {
  AccessRequested,
  AccessRequestEvent,
  Escalation,
  RequestDecided,
  RequestReassigned,
  RequestReopened,
  RequestRerouted,
  RequestStageOpened,
  RequestTerms,
  Shown,
} from './access-request.events.js';
import { historyStepOf, type HistoryEntry } from './history.js';

export type AccessRequest =
  | { readonly status: 'absent' }
  | { readonly status: 'refused'; readonly request: RequestTerms }
  | (Asked & { readonly status: 'pending' })
  | (Asked & { readonly status: 'approved'; readonly assignmentId: string; readonly closedAt: string })
  | (Asked & { readonly status: 'denied' | 'expired' | 'cancelled'; readonly code: string; readonly closedAt: string });

export interface Asked {
  readonly request: RequestTerms;
  /** Of the policy version that the request was made under. */
  readonly stages: readonly ApprovalStage[];
  readonly applications: readonly string[];
  readonly requestedAt: string;
  /** Index of the open stage; of the last that was open, once the request is closed. */
  readonly stage: number;
  /** Since when the time of the open stage runs. */
  readonly stageOpenedAt: string;
  /** When the open stage times out. */
  readonly dueAt: string | null;
  /**
   * Who may decide in the open stage; null in a request older than the field: then the people whom the stage means
   * today.
   */
  readonly approverIds: readonly string[] | null;
  /** How many approvals the open stage needs. */
  readonly quorum: number;
  /** Who chose the approvers of the open stage. */
  readonly chosenBy: 'policy' | 'timeout' | 'administrator';
  readonly escalation: Escalation | null;
  /** Each stage is decided by other people than the stages before it. */
  readonly distinct: boolean;
  /** Of the access; null: from the approval on. */
  readonly startsAt: string | null;
  /** Of the access, as asked for or as an approver changed it; null: what `lasts` says. */
  readonly endsAt: string | null;
  readonly lasts: string | null;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extends: string | null;
  readonly justification: string | null;
  readonly decisions: readonly Decision[];
  readonly history: readonly HistoryEntry[];
}

export interface Decision {
  readonly stage: number;
  readonly approverId: string;
  /** The approver who delegated it; null where nobody did. */
  readonly onBehalfOf: string | null;
  readonly decision: 'approve' | 'deny';
  readonly decidedAt: string;
  readonly comment: string | null;
  /** The end of the access as the approver changed it. */
  readonly endsAt: string | null;
  /** What the approver was shown; null in facts older than the field. */
  readonly shown: Shown | null;
}

export const accessRequest: Fold<AccessRequest, AccessRequestEvent> = {
  version: 4,
  initial: { status: 'absent' },
  evolve: (state, event) => {
    const after = evolved(state, event);
    return 'history' in after ? { ...after, history: [...after.history, historyStepOf(event)] } : after;
  },
};

function evolved(state: AccessRequest, event: AccessRequestEvent): AccessRequest {
  switch (event.type) {
    case 'AccessRequested':
      return askedBy(event);
    case 'AccessRequestRefused':
      return { status: 'refused', request: event.data.request };
    case 'RequestDecided':
      return 'decisions' in state
        ? {
            ...state,
            decisions: [...state.decisions, decisionOf(event)],
            endsAt: event.data.endsAt ?? state.endsAt,
          }
        : state;
    case 'RequestReassigned':
    case 'RequestStageOpened':
    case 'RequestRerouted':
      return state.status === 'pending' ? { ...state, ...routeOf(event, state) } : state;
    case 'RequestReminded':
      return state;
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
    case 'RequestReopened':
      return state.status === 'cancelled' ? reopened(state, event.data) : state;
    default:
      return unreachable(event);
  }
}

/** Whether a value from a row is the state of a request that was made. */
export const isRequest = hasShape<Asked & { readonly status: string }>({
  status: ['pending', 'approved', 'denied', 'expired', 'cancelled'],
  request: 'object',
  stages: 'list',
  applications: 'list',
  requestedAt: 'text',
  stage: 'any',
  stageOpenedAt: 'text',
  dueAt: 'any',
  approverIds: 'any',
  quorum: 'any',
  chosenBy: ['policy', 'timeout', 'administrator'],
  escalation: 'any',
  distinct: 'any',
  startsAt: 'any',
  endsAt: 'any',
  lasts: 'any',
  extends: 'any',
  justification: 'any',
  decisions: 'list',
  history: 'list',
});

function askedBy({ data, personal }: AccessRequested): AccessRequest {
  const {
    approverIds = null,
    quorum,
    escalation = null,
    distinct = true,
    ...terms
  } = {
    ...{ startsAt: null, endsAt: null, lasts: null, extends: null },
    ...data,
  };
  const first = terms.stages[0]?.quorum ?? 1;
  return {
    status: 'pending',
    ...terms,
    stage: 0,
    stageOpenedAt: terms.requestedAt,
    approverIds,
    quorum: quorum ?? (first === 'all' ? 1 : first),
    chosenBy: 'policy',
    escalation,
    distinct,
    justification: personal.requester.fields?.justification ?? null,
    decisions: [],
    history: [],
  };
}

type Route = Pick<Asked, 'stage' | 'stageOpenedAt' | 'approverIds' | 'quorum' | 'chosenBy' | 'escalation' | 'dueAt'>;

function routeOf(event: RequestReassigned | RequestStageOpened | RequestRerouted, state: Asked): Route {
  const { stage, approverIds, dueAt } = event.data;
  if (event.type === 'RequestReassigned')
    return {
      stage,
      stageOpenedAt: event.data.reassignedAt,
      approverIds,
      dueAt,
      quorum: state.quorum,
      chosenBy: 'administrator',
      escalation: null,
    };
  const { quorum, escalation = null } = event.data;
  const timedOut = event.type === 'RequestRerouted' && event.data.code === 'timeout';
  const restarted = event.type === 'RequestStageOpened' ? event.data.openedAt : timedOut ? event.data.reroutedAt : null;
  const stageOpenedAt = restarted ?? state.stageOpenedAt;
  return { stage, stageOpenedAt, approverIds, dueAt, quorum, chosenBy: timedOut ? 'timeout' : 'policy', escalation };
}

function decisionOf({ data, personal }: RequestDecided): Decision {
  const { stage, approverId, decision, decidedAt, onBehalfOf = null, endsAt = null, shown = null } = data;
  const comment = personal.approver.fields?.comment ?? null;
  return { stage, approverId, onBehalfOf, decision, decidedAt, comment, endsAt, shown };
}

/** The decisions of the open stage. */
export const openDecisions = ({ decisions, stage }: Asked): readonly Decision[] =>
  decisions.filter((one) => one.stage === stage);

function reopened(
  state: Asked & {
    readonly status: 'denied' | 'expired' | 'cancelled';
    readonly code: string;
    readonly closedAt: string;
  },
  { dueAt, reopenedAt }: RequestReopened['data'],
): AccessRequest {
  const { status: _, code: __, closedAt: ___, ...asked } = state;
  return { ...asked, status: 'pending', dueAt, stageOpenedAt: reopenedAt };
}

function askedOf(state: Asked & { readonly status: string }): Asked {
  const { status: _, ...asked } = state;
  return asked;
}

function closed(
  state: AccessRequest,
  status: 'denied' | 'expired' | 'cancelled',
  code: string,
  closedAt: string,
): AccessRequest {
  return 'decisions' in state ? { ...askedOf(state), status, code, closedAt } : state;
}
