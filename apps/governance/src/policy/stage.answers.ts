import type { ApprovalStage } from '#libs/contracts/catalog.js';
import { constant, count, either, list, object, oneOf, optional, text } from '#libs/service-kit/openapi/schema.js';

/** One stage of an approval. */
export const stageAnswer = object<ApprovalStage>({
  approvers: list(text),
  quorum: either(count, constant('all')),
  timeout: text,
  onTimeout: oneOf('deny', 'escalate'),
  escalateTo: optional(list(text)),
});
