/** What other features of this service may use of this one. */
export { WorkflowDto } from './workflow.dto.js';
export { workflowOf } from './workflow.input.js';
export { workflowProblems } from './workflow-rules.js';
