import { accountListReceived, accountListStale } from './account-lists.js';
import { caseAssigned, caseCommented } from './cases.js';
import {
  accessPackageDefined,
  applicationDefined,
  birthrightRuleDefined,
  moverRuleDefined,
  nameRuleDefined,
  workflowDefined,
  separationRuleDefined,
} from './catalog.js';
import { connectorDefined, connectorStateRequested, entitlementShown, entitlementsListed } from './connectors.js';
import { decisionTypes } from './decision-types.js';
import { desiredAccessChanged, desiredAccessRestated } from './desired-access.js';
import {
  accessPackageSchema,
  applicationSchema,
  birthrightRuleSchema,
  desiredAccessRestatedSchema,
  desiredAccessSchema,
  identitySchema,
  nameRuleSchema,
  separationRuleSchema,
} from './governance.schema.js';
import { driftDecided } from './drift.js';
import type { HoldEventType } from './holds.js';
import type { WorkerEventType } from './hr-lifecycle.js';
import { workerSchema } from './hr-lifecycle.schema.js';
import { identityChanged } from './identities.js';
import type { JsonSchema } from './json-schema.js';
import {
  packageVersionReleased,
  policyChangeReleased,
  recordAdopted,
  removalsReleased,
  type ActionRefusedType,
  type MessageDismissedType,
  type PositionsResumedType,
} from './operators.js';
import {
  actionRefusedSchema,
  holdDecidedSchema,
  holdMadeSchema,
  messageDismissedSchema,
  packageVersionReleasedSchema,
  policyChangeReleasedSchema,
  caseSchema,
  removalsReleasedSchema,
  positionsResumedSchema,
  recordAdoptedSchema,
} from './operators.schema.js';
import { accessObserved } from './observed-access.js';
import { ownershipDecided } from './ownership.js';
import {
  attentionDismissed,
  attributesPulled,
  type AccountEventType,
  type OperationEventType,
} from './provisioning-results.js';
import { authorityWithdrawn, previewReleased } from './previews.js';
import { readingEnded } from './readings.js';
import {
  attentionDismissedSchema,
  attributesPulledSchema,
  accessObservedSchema,
  ownershipDecidedSchema,
  authorityWithdrawnSchema,
  previewReleasedSchema,
  readingEndedSchema,
  driftDecidedSchema,
  connectorSchema,
  connectorStateRequestedSchema,
  entitlementSchema,
  entitlementsListedSchema,
  exposureSchema,
  resultSchema,
  taskSchema,
  accountListSchema,
} from './provisioning.schema.js';
import type { ExposureEventType } from './exposures.js';
import type { TaskEventType } from './tasks.js';
import { moverRuleSchema, workflowSchema } from './workflows.schema.js';
import { topics, type Topic } from './topics.js';

/** The contract of one type of message. The last part of the type is its version. */
export interface Contract {
  readonly type: string;
  readonly topic: Topic;
  /** Of the body, JSON Schema 2020-12. */
  readonly schema: JsonSchema;
}

type LifecycleTypes = { readonly [Type in WorkerEventType]: JsonSchema };
type OperatorTypes = {
  readonly [Type in MessageDismissedType | ActionRefusedType | PositionsResumedType | HoldEventType]: JsonSchema;
};
type ResultTypes = { readonly [Type in OperationEventType | AccountEventType]: JsonSchema };

const lifecycle: LifecycleTypes = {
  'hub.hr.worker.recorded.v1': workerSchema,
  'hub.hr.worker.hired.v1': workerSchema,
  'hub.hr.worker.changed.v1': workerSchema,
  'hub.hr.worker.moved.v1': workerSchema,
  'hub.hr.worker.manager-changed.v1': workerSchema,
  'hub.hr.worker.terminated.v1': workerSchema,
  'hub.hr.worker.rehired.v1': workerSchema,
  'hub.hr.worker.leave-started.v1': workerSchema,
  'hub.hr.worker.leave-ended.v1': workerSchema,
};
const results: ResultTypes = {
  'hub.provisioning.operation.started.v1': resultSchema,
  'hub.provisioning.operation.failed.v1': resultSchema,
  'hub.provisioning.account.created.v1': resultSchema,
  'hub.provisioning.account.adopted.v1': resultSchema,
  'hub.provisioning.account.updated.v1': resultSchema,
  'hub.provisioning.account.disabled.v1': resultSchema,
  'hub.provisioning.account.enabled.v1': resultSchema,
  'hub.provisioning.account.deleted.v1': resultSchema,
  'hub.provisioning.membership.added.v1': resultSchema,
  'hub.provisioning.membership.removed.v1': resultSchema,
  'hub.provisioning.account.in-sync.v1': resultSchema,
  'hub.provisioning.account.out-of-scope.v1': resultSchema,
  'hub.provisioning.account.deletion-scheduled.v1': resultSchema,
  'hub.provisioning.account.deletion-cancelled.v1': resultSchema,
  'hub.provisioning.account.confirmed.v1': resultSchema,
  'hub.provisioning.membership.confirmed.v1': resultSchema,
  'hub.provisioning.role.granted.v1': resultSchema,
  'hub.provisioning.role.revoked.v1': resultSchema,
  'hub.provisioning.drift.detected.v1': resultSchema,
};
const exposures: { readonly [Type in ExposureEventType]: JsonSchema } = {
  'hub.provisioning.exposure.opened.v1': exposureSchema,
  'hub.provisioning.exposure.changed.v1': exposureSchema,
  'hub.provisioning.exposure.escalated.v1': exposureSchema,
  'hub.provisioning.exposure.closed.v1': exposureSchema,
};
const tasks: { readonly [Type in TaskEventType]: JsonSchema } = {
  'hub.provisioning.task.given.v1': taskSchema,
  'hub.provisioning.task.reminded.v1': taskSchema,
  'hub.provisioning.task.confirmed.v1': taskSchema,
  'hub.provisioning.task.refused.v1': taskSchema,
  'hub.provisioning.task.withdrawn.v1': taskSchema,
};
const operators: OperatorTypes = {
  'hub.hr.message.dismissed.v1': messageDismissedSchema,
  'hub.governance.message.dismissed.v1': messageDismissedSchema,
  'hub.provisioning.message.dismissed.v1': messageDismissedSchema,
  'hub.audit.message.dismissed.v1': messageDismissedSchema,
  'hub.hr.positions.resumed.v1': positionsResumedSchema,
  'hub.governance.positions.resumed.v1': positionsResumedSchema,
  'hub.provisioning.positions.resumed.v1': positionsResumedSchema,
  'hub.audit.positions.resumed.v1': positionsResumedSchema,
  'hub.hr.hold.made.v1': holdMadeSchema,
  'hub.hr.hold.released.v1': holdDecidedSchema,
  'hub.hr.hold.cancelled.v1': holdDecidedSchema,
  'hub.hr.action.refused.v1': actionRefusedSchema,
  'hub.governance.action.refused.v1': actionRefusedSchema,
  'hub.provisioning.action.refused.v1': actionRefusedSchema,
  'hub.audit.action.refused.v1': actionRefusedSchema,
};

const on = (topic: Topic, types: Readonly<Record<string, JsonSchema>>): Contract[] =>
  Object.entries(types).map(([type, schema]) => ({ type, topic, schema }));

/** Every type of message there is. */
export const contracts: readonly Contract[] = [
  ...on(topics.lifecycle, lifecycle),
  ...on(topics.identities, { [identityChanged]: identitySchema }),
  ...on(topics.decisions, decisionTypes),
  ...on(topics.catalog, {
    [applicationDefined]: applicationSchema,
    [accessPackageDefined]: accessPackageSchema,
    [birthrightRuleDefined]: birthrightRuleSchema,
    [separationRuleDefined]: separationRuleSchema,
    [moverRuleDefined]: moverRuleSchema,
    [nameRuleDefined]: nameRuleSchema,
    [workflowDefined]: workflowSchema,
  }),
  ...on(topics.desiredAccess, {
    [desiredAccessChanged]: desiredAccessSchema,
    [desiredAccessRestated]: desiredAccessRestatedSchema,
  }),
  ...on(topics.results, {
    ...results,
    ...exposures,
    ...tasks,
    [accountListReceived]: accountListSchema,
    [accountListStale]: accountListSchema,
    [attentionDismissed]: attentionDismissedSchema,
    [attributesPulled]: attributesPulledSchema,
    [accessObserved]: accessObservedSchema,
    [readingEnded]: readingEndedSchema,
    [driftDecided]: driftDecidedSchema,
  }),
  ...on(topics.connectors, {
    [connectorDefined]: connectorSchema,
    [connectorStateRequested]: connectorStateRequestedSchema,
    [entitlementShown]: entitlementSchema,
    [entitlementsListed]: entitlementsListedSchema,
  }),
  ...on(topics.operators, {
    ...operators,
    [policyChangeReleased]: policyChangeReleasedSchema,
    [packageVersionReleased]: packageVersionReleasedSchema,
    [ownershipDecided]: ownershipDecidedSchema,
    [removalsReleased]: removalsReleasedSchema,
    [caseCommented]: caseSchema,
    [caseAssigned]: caseSchema,
    [previewReleased]: previewReleasedSchema,
    [authorityWithdrawn]: authorityWithdrawnSchema,
    [recordAdopted]: recordAdoptedSchema,
  }),
];

const byType = new Map(contracts.map((contract) => [contract.type, contract]));

/** The contract of a message type; undefined for a type this version does not know. */
export function contractOf(type: string): Contract | undefined {
  return byType.get(type);
}

/** Every type of message of these topics that this version knows. */
export function typesOn(...on: readonly Topic[]): ReadonlySet<string> {
  return new Set(contracts.filter(({ topic }) => on.includes(topic)).map(({ type }) => type));
}
