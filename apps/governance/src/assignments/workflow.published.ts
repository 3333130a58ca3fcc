import type {
  PlannedStepTerms,
  WorkflowStepAnsweredMessage,
  WorkflowEventType,
  WorkflowStepsMessage,
  WorkflowStepTakenMessage,
} from '#libs/contracts/decisions.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { serviceName } from '../service-name.js';
import { workflowFacts, type PlannedStep, type WorkflowEvent } from './workflow.events.js';

const types: ReadonlySet<string> = new Set(workflowFacts);

export const isOfWorkflow = (fact: RecordedFact): fact is RecordedFact<WorkflowEvent> => types.has(fact.type);

/** Each fact about steps of workflows is one message on `hub.governance.decisions`. */
export function publishedWorkflow(fact: RecordedFact<WorkflowEvent>): PublicMessage {
  const { identityId: identity } = fact.data;
  switch (fact.type) {
    case 'WorkflowStepsPlanned':
    case 'WorkflowStepsCancelled': {
      const kind = fact.type === 'WorkflowStepsPlanned' ? 'planned' : 'cancelled';
      const body = { identity, code: fact.data.code, steps: fact.data.steps.map(termsOf) };
      return message(fact, `hub.governance.workflow-steps.${kind}.v1`, identity, body);
    }
    case 'WorkflowStepTaken': {
      const { step, outcome, code, assignmentId: assignment, recipient, takenAt } = fact.data;
      const body = { identity, ...termsOf(step), outcome, code, assignment, recipient, takenAt };
      return message(fact, 'hub.governance.workflow-step.taken.v1', step.stepId, body);
    }
    case 'WorkflowStepAnswered': {
      const { step, code, answeredAt } = fact.data;
      const answers = fact.data.answers.map(({ about, word }) => ({ about, word }));
      const body = { identity, ...termsOf(step), answers, code, answeredAt };
      return message(fact, 'hub.governance.workflow-step.answered.v1', step.stepId, body);
    }
    default:
      return unreachable(fact);
  }
}

function message(
  fact: RecordedFact<WorkflowEvent>,
  type: WorkflowEventType,
  subject: string,
  body: WorkflowStepsMessage | WorkflowStepTakenMessage | WorkflowStepAnsweredMessage,
): PublicMessage {
  return messageOf(serviceName, fact, { topic: topics.decisions, type, key: fact.data.identityId, subject, body });
}

const termsOf = ({ stepId: step, ...terms }: PlannedStep): PlannedStepTerms => ({ step, ...terms });
