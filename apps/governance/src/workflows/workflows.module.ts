import { Module } from '@nestjs/common';
import { DefineWorkflowHandler } from './define-workflow.command.js';
import { ForeseeWorkflowHandler } from './foresee-workflow.query.js';
import { SuccessionModule } from '../succession/succession.exports.js';
import { TransferOwnership } from './transfer-ownership.process.js';
import { ListWorkflowStepsHandler, WorkflowSteps } from './workflow-steps.query.js';
import { WorkflowsController, WorkflowStepsController } from './workflows.controller.js';

/** What happens to people who join, move or leave, as steps that administrators define. */
@Module({
  imports: [SuccessionModule],
  controllers: [WorkflowsController, WorkflowStepsController],
  providers: [
    DefineWorkflowHandler,
    ForeseeWorkflowHandler,
    WorkflowSteps,
    ListWorkflowStepsHandler,
    TransferOwnership,
  ],
})
export class WorkflowsModule {}
