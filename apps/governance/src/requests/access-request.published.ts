import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import type { RequestEventType, RequestMessage } from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { AccessRequested, AccessRequestEvent, Escalation, RequestReopened } from './access-request.events.js';

/** Each fact of a request is one message on `hub.governance.decisions`. */
export function publishedRequest(fact: RecordedFact<AccessRequestEvent>): PublicMessage[] {
  const { requestId, packageId, packageVersion, requesterId, beneficiaryId } = fact.data.request;
  const terms = {
    request: requestId,
    package: packageId,
    packageVersion,
    requester: requesterId,
    beneficiary: beneficiaryId,
  };
  const [type, more] = fact.type === 'RequestReopened' ? reopened(fact.data) : whatHappened(fact);
  const body: RequestMessage = { ...terms, ...more };
  return [
    messageOf(serviceName, fact, { topic: topics.decisions, type, key: beneficiaryId, subject: requestId, body }),
  ];
}

function whatHappened(fact: Exclude<AccessRequestEvent, RequestReopened>): [RequestEventType, Partial<RequestMessage>] {
  switch (fact.type) {
    case 'AccessRequested':
      return [
        'hub.governance.request.submitted.v1',
        {
          ...(fact.data.approverIds === undefined ? {} : { approvers: fact.data.approverIds }),
          ...escalatedBy(fact.data.escalation),
          ...periodIn(fact.data),
          ...(fact.personal.requester.fields ?? {}),
        },
      ];
    case 'AccessRequestRefused':
      return ['hub.governance.request.refused.v1', { code: fact.data.code, ...(fact.personal.requester.fields ?? {}) }];
    case 'RequestDecided': {
      const { stage, approverId: approver, decision, onBehalfOf, endsAt, shown } = fact.data;
      const more = {
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        ...(endsAt === undefined ? {} : { endsAt }),
        ...(shown === undefined ? {} : { shown }),
      };
      return [
        'hub.governance.request.decided.v1',
        { stage, approver, decision, ...more, ...(fact.personal.approver.fields ?? {}) },
      ];
    }
    case 'RequestReassigned': {
      const { stage, approverIds: approvers } = fact.data;
      const reason = fact.personal.beneficiary.fields ?? {};
      return ['hub.governance.request.reassigned.v1', { stage, approvers, ...reason }];
    }
    case 'RequestStageOpened': {
      const { stage, approverIds: approvers, escalation } = fact.data;
      return ['hub.governance.request.stage-opened.v1', { stage, approvers, ...escalatedBy(escalation) }];
    }
    case 'RequestRerouted': {
      const { stage, approverIds: approvers, code, escalation } = fact.data;
      return ['hub.governance.request.rerouted.v1', { stage, approvers, code, ...escalatedBy(escalation) }];
    }
    case 'RequestReminded': {
      const { stage, approverIds: approvers } = fact.data;
      return ['hub.governance.request.reminded.v1', { stage, approvers }];
    }
    case 'RequestApproved':
      return ['hub.governance.request.approved.v1', {}];
    case 'RequestDenied':
      return ['hub.governance.request.denied.v1', { code: fact.data.code }];
    case 'RequestExpired':
      return ['hub.governance.request.expired.v1', { code: fact.data.code }];
    case 'RequestCancelled':
      return ['hub.governance.request.cancelled.v1', { code: fact.data.code }];
    default:
      return unreachable(fact);
  }
}

function reopened({ stage, approverIds }: RequestReopened['data']): [RequestEventType, Partial<RequestMessage>] {
  return ['hub.governance.request.reopened.v1', { stage, ...(approverIds === null ? {} : { approvers: approverIds }) }];
}

const escalatedBy = (escalation: Escalation | undefined): Pick<RequestMessage, 'escalation'> =>
  escalation === undefined ? {} : { escalation: escalation.reasons };

const periodIn = ({ startsAt, endsAt, extends: extended }: AccessRequested['data']): Partial<RequestMessage> => ({
  ...(startsAt === undefined ? {} : { startsAt }),
  ...(endsAt === undefined ? {} : { endsAt }),
  ...(extended === undefined ? {} : { extends: extended }),
});
