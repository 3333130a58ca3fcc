import { Module } from '@nestjs/common';
import { AssignmentsController } from './assignments.controller.js';
import { GetAssignmentHandler, ListAssignmentsHandler, NamedAssignments } from './assignments.query.js';
import { ProvisioningResultsConsumer } from './provisioning-results.consumer.js';
import { RevokeAssignmentHandler } from './revoke-assignment.command.js';

/** Packages held, why, and how far they are delivered. */
@Module({
  controllers: [AssignmentsController],
  providers: [
    ProvisioningResultsConsumer,
    RevokeAssignmentHandler,
    GetAssignmentHandler,
    ListAssignmentsHandler,
    NamedAssignments,
  ],
  exports: [ProvisioningResultsConsumer],
})
export class AssignmentsModule {}
