import { Module } from '@nestjs/common';
import { GetDeliveriesHandler } from './deliveries.query.js';
import { ConfirmByHandHandler } from './confirm-by-hand.command.js';
import { AsFoundController } from './as-found.controller.js';
import { CertifyAssignmentHandler } from './certify-assignment.command.js';
import { AssignHandler } from './assign.command.js';
import { EmergenciesController } from './emergencies.controller.js';
import { ListEmergenciesHandler } from './emergencies.query.js';
import { ReviewEmergencyHandler } from './review-emergency.command.js';
import { AssignmentsController } from './assignments.controller.js';
import { GetAssignmentHandler, ListAssignmentsHandler } from './assignments.query.js';
import { FindAccesses } from './find-accesses.query.js';
import { ProvisioningResultsConsumer } from './provisioning-results.consumer.js';
import { RevokeAssignmentHandler } from './revoke-assignment.command.js';

/** Packages held, why, and how far they are delivered. */
@Module({
  controllers: [AssignmentsController, AsFoundController, EmergenciesController],
  providers: [
    FindAccesses,
    ProvisioningResultsConsumer,
    RevokeAssignmentHandler,
    CertifyAssignmentHandler,
    AssignHandler,
    ConfirmByHandHandler,
    ReviewEmergencyHandler,
    ListEmergenciesHandler,
    GetAssignmentHandler,
    GetDeliveriesHandler,
    ListAssignmentsHandler,
  ],
  exports: [FindAccesses, ProvisioningResultsConsumer],
})
export class AssignmentsModule {}
