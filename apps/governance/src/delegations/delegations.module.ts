import { Module } from '@nestjs/common';
import { DelegationsController } from './delegations.controller.js';
import { GetDelegationHandler, ListDelegationsHandler } from './delegations.query.js';
import { Delegations } from './delegations.stream.js';
import { EndDelegationHandler, MakeDelegationHandler } from './make-delegation.command.js';

/** Decisions handed over for a time. */
@Module({
  controllers: [DelegationsController],
  providers: [Delegations, MakeDelegationHandler, EndDelegationHandler, GetDelegationHandler, ListDelegationsHandler],
})
export class DelegationsModule {}
