import { Module } from '@nestjs/common';
import { DelegationsController } from './delegations.controller.js';
import { GetDelegationHandler, ListDelegationsHandler } from './delegations.query.js';
import { Delegations } from './delegations.stream.js';
import { EndDelegations } from './end-delegations.process.js';
import { EndDelegationHandler, MakeDelegationHandler } from './make-delegation.command.js';

/** Decisions that are delegated for a time. */
@Module({
  controllers: [DelegationsController],
  providers: [
    Delegations,
    EndDelegations,
    MakeDelegationHandler,
    EndDelegationHandler,
    GetDelegationHandler,
    ListDelegationsHandler,
  ],
  exports: [EndDelegations],
})
export class DelegationsModule {}
