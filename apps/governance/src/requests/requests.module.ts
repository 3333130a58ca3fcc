import { Module } from '@nestjs/common';
import { AccessRequests } from './access-requests.stream.js';
import { CancelRequestHandler } from './cancel-request.command.js';
import { DecideOnRequestHandler } from './decide-on-request.command.js';
import { ExtendAssignmentHandler } from './extend-assignment.command.js';
import { FollowIdentities } from './follow-identities.process.js';
import { LeaversRequests } from './leavers-requests.process.js';
import { RequestsController } from './requests.controller.js';
import { ReassignRequestHandler } from './reassign-request.command.js';
import { RequestViews } from './request-rows.query.js';
import { GetRequestHandler, ListApprovalsHandler, ListRequestsHandler } from './requests.query.js';
import { ListRequestablePackagesHandler } from './requestable-packages.query.js';
import { SubmitRequestHandler } from './submit-request.command.js';
import { LoadDeciders } from './deciders.query.js';
import { PendingRequests } from './pending-requests.process.js';
import { RequestTimers } from './request-timers.process.js';
import { RerouteRequests } from './reroute.process.js';
import { ShownToApprovers } from './shown-to-approvers.query.js';

/** Asking for access and deciding on it. */
@Module({
  controllers: [RequestsController],
  providers: [
    AccessRequests,
    SubmitRequestHandler,
    ExtendAssignmentHandler,
    DecideOnRequestHandler,
    CancelRequestHandler,
    ReassignRequestHandler,
    FollowIdentities,
    LeaversRequests,
    LoadDeciders,
    PendingRequests,
    RequestTimers,
    RerouteRequests,
    ShownToApprovers,
    RequestViews,
    ListRequestablePackagesHandler,
    GetRequestHandler,
    ListRequestsHandler,
    ListApprovalsHandler,
  ],
  exports: [AccessRequests, FollowIdentities, LeaversRequests, LoadDeciders, RerouteRequests],
})
export class RequestsModule {}
