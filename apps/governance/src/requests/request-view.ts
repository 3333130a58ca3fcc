import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { NamedPackage, NamedPerson } from '../names/names.exports.js';
import type { Shown } from './access-request.events.js';
import type { AccessRequest, Asked, Decision } from './access-request.js';
import type { HistoryEntry } from './history.js';

/** A request as the API shows it. */
export interface RequestView {
  readonly id: string;
  readonly packageId: string;
  readonly package: NamedPackage;
  readonly packageVersion: number;
  readonly requesterId: string;
  readonly requester: NamedPerson;
  readonly beneficiaryId: string;
  readonly beneficiary: NamedPerson;
  /** Index of the open stage, from 0; of the last that was open, once the request is closed. */
  readonly stage: number;
  readonly stages: readonly ApprovalStage[];
  /** How many approvals the open stage needs. */
  readonly quorum: number;
  /** Why people of the escalation list decide; empty where none does. */
  readonly escalation: readonly string[];
  readonly history: readonly HistoryEntry[];
  /** Null where HR states none. */
  readonly beneficiaryDepartment: string | null;
  readonly status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled';
  /** Why it was denied, expired or cancelled. */
  readonly code: string | null;
  readonly justification: string | null;
  /** Start of the access; null: from the approval on. */
  readonly startsAt: string | null;
  /** End of the access, as asked for or as an approver changed it; null: what the package says. */
  readonly endsAt: string | null;
  /** The assignment that is to end later; null where a new one is asked for. */
  readonly extends: string | null;
  readonly requestedAt: string;
  readonly dueAt: string | null;
  readonly closedAt: string | null;
  /** Of all stages, as the policy names them. */
  readonly approverRoles: readonly string[];
  /** The people it meant when the stage opened, or was reassigned. */
  readonly approvers: readonly NamedPerson[];
  /** Can enough of them still decide? Null once the request is closed. */
  readonly decidable: boolean | null;
  readonly decisions: readonly DecisionView[];
  /** What an approver decides on: of one open request, to who may decide on it. Null otherwise, and in lists. */
  readonly shown: Shown | null;
  readonly assignmentId: string | null;
  /** Of the assignment it led to; null before. */
  readonly delivery: string | null;
  /** How far that assignment is taken away, once it has ended; null before. */
  readonly removal: string | null;
}

export interface DecisionView extends Decision {
  readonly approver: NamedPerson;
  /** Who delegated the decision; null where nobody did. */
  readonly delegator: NamedPerson | null;
}

/** A row of a request, with what other tables say of it. */
export interface RequestRow {
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly state: AccessRequest & Asked;
  readonly beneficiary: string;
  readonly deciders: readonly string[];
  readonly due_at: Date | null;
  readonly decidable: boolean | null;
  readonly department: string | null;
  readonly delivery: string | null;
  readonly removal: string | null;
  /** Of the assignment's row; null for none. */
  readonly assignment_fold: number | null;
}

/** @param person names the person of an id */
export function viewOf(
  { id, state, deciders, ...row }: RequestRow,
  person: (id: string) => NamedPerson,
  titleOf: (packageId: string) => string | null,
): RequestView {
  const { packageId, packageVersion, requesterId, beneficiaryId } = state.request;
  return {
    id,
    packageId,
    package: { id: packageId, displayName: titleOf(packageId) },
    packageVersion,
    requesterId,
    requester: person(requesterId),
    beneficiaryId,
    beneficiary: person(beneficiaryId),
    beneficiaryDepartment: row.department,
    stage: state.stage,
    stages: state.stages,
    quorum: state.quorum,
    escalation: state.escalation?.reasons ?? [],
    history: state.history,
    // Refused requests have no row.
    status: state.status as RequestView['status'],
    code: 'code' in state ? state.code : null,
    justification: state.justification,
    startsAt: state.startsAt,
    endsAt: state.endsAt,
    extends: state.extends,
    requestedAt: state.requestedAt,
    dueAt: state.dueAt,
    closedAt: 'closedAt' in state ? state.closedAt : null,
    approverRoles: state.stages.flatMap(({ approvers }) => approvers),
    approvers: deciders.map(person),
    decidable: row.decidable,
    decisions: state.decisions.map((decision) => ({
      ...decision,
      approver: person(decision.approverId),
      delegator: decision.onBehalfOf === null ? null : person(decision.onBehalfOf),
    })),
    shown: null,
    assignmentId: 'assignmentId' in state ? state.assignmentId : null,
    delivery: row.delivery,
    removal: row.removal,
  };
}
