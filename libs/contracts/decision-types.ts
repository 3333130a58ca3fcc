import {
  emergencyReviewed,
  formerAccessOffered,
  type AssignmentEventType,
  type BirthrightEventType,
  type DelegationEventType,
  type LockdownEventType,
  type RequestEventType,
  type SeparationEventType,
  type SponsorshipEventType,
  type WorkflowEventType,
} from './decisions.js';
import {
  assignmentSchema,
  birthrightExclusionSchema,
  delegationSchema,
  lockdownSchema,
  emergencySchema,
  formerAccessSchema,
  requestSchema,
  separationExceptionSchema,
  separationFindingSchema,
  sponsorshipSchema,
  withheldBirthrightSchema,
} from './governance.schema.js';
import type { JsonSchema } from './json-schema.js';
import { reviews } from './reviews.schema.js';
import { workflowStepAnsweredSchema, workflowStepsSchema, workflowStepTakenSchema } from './workflows.schema.js';

type DecisionTypes = {
  readonly [
    Type in
      | RequestEventType
      | AssignmentEventType
      | DelegationEventType
      | LockdownEventType
      | SeparationEventType
      | BirthrightEventType
      | SponsorshipEventType
      | WorkflowEventType
  ]: JsonSchema;
};

const decisions: DecisionTypes = {
  'hub.governance.request.submitted.v1': requestSchema,
  'hub.governance.request.refused.v1': requestSchema,
  'hub.governance.request.decided.v1': requestSchema,
  'hub.governance.request.reassigned.v1': requestSchema,
  'hub.governance.request.stage-opened.v1': requestSchema,
  'hub.governance.request.rerouted.v1': requestSchema,
  'hub.governance.request.reminded.v1': requestSchema,
  'hub.governance.request.reopened.v1': requestSchema,
  'hub.governance.request.approved.v1': requestSchema,
  'hub.governance.request.denied.v1': requestSchema,
  'hub.governance.request.expired.v1': requestSchema,
  'hub.governance.request.cancelled.v1': requestSchema,
  'hub.governance.delegation.made.v1': delegationSchema,
  'hub.governance.delegation.ended.v1': delegationSchema,
  'hub.governance.identity.locked-down.v1': lockdownSchema,
  'hub.governance.identity.lockdown-released.v1': lockdownSchema,
  'hub.governance.assignment.created.v1': assignmentSchema,
  'hub.governance.assignment.revoked.v1': assignmentSchema,
  'hub.governance.assignment.expired.v1': assignmentSchema,
  'hub.governance.assignment.started.v1': assignmentSchema,
  'hub.governance.assignment.suspended.v1': assignmentSchema,
  'hub.governance.assignment.resumed.v1': assignmentSchema,
  'hub.governance.assignment.extended.v1': assignmentSchema,
  'hub.governance.assignment.end-changed.v1': assignmentSchema,
  'hub.governance.assignment.expiring.v1': assignmentSchema,
  'hub.governance.assignment.grace-started.v1': assignmentSchema,
  'hub.governance.assignment.kept.v1': assignmentSchema,
  'hub.governance.assignment.version-reached.v1': assignmentSchema,
  'hub.governance.assignment.moving.v1': assignmentSchema,
  'hub.governance.assignment.version-withheld.v1': assignmentSchema,
  'hub.governance.assignment.certified.v1': assignmentSchema,
  'hub.governance.assignment.certification-overdue.v1': assignmentSchema,
  'hub.governance.assignment.delivery-changed.v1': assignmentSchema,
  'hub.governance.assignment.removal-changed.v1': assignmentSchema,
  'hub.governance.separation-exception.granted.v1': separationExceptionSchema,
  'hub.governance.separation-exception.ended.v1': separationExceptionSchema,
  'hub.governance.separation-exception.restored.v1': separationExceptionSchema,
  'hub.governance.separation-finding.stated.v1': separationFindingSchema,
  'hub.governance.separation-finding.solved.v1': separationFindingSchema,
  'hub.governance.sponsorship.stated.v1': sponsorshipSchema,
  'hub.governance.sponsorship.passed.v1': sponsorshipSchema,
  'hub.governance.sponsorship.ending.v1': sponsorshipSchema,
  'hub.governance.sponsorship.ended.v1': sponsorshipSchema,
  'hub.governance.birthright-exclusion.made.v1': birthrightExclusionSchema,
  'hub.governance.birthright-exclusion.ended.v1': birthrightExclusionSchema,
  'hub.governance.birthright.withheld.v1': withheldBirthrightSchema,
  'hub.governance.birthright.no-longer-withheld.v1': withheldBirthrightSchema,
  'hub.governance.workflow-steps.planned.v1': workflowStepsSchema,
  'hub.governance.workflow-steps.cancelled.v1': workflowStepsSchema,
  'hub.governance.workflow-step.taken.v1': workflowStepTakenSchema,
  'hub.governance.workflow-step.answered.v1': workflowStepAnsweredSchema,
};

/** Every type of message about what was decided of the access of people, and its schema. */
export const decisionTypes: Readonly<Record<string, JsonSchema>> = {
  ...decisions,
  ...reviews,
  [emergencyReviewed]: emergencySchema,
  [formerAccessOffered]: formerAccessSchema,
};
