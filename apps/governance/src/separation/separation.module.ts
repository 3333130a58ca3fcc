import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.exports.js';
import { EndExceptionHandler, GrantExceptionHandler } from './exception.command.js';
import { RuleOwners } from './rule-owners.query.js';
import { SeparationController } from './separation.controller.js';
import { GetSeparationHandler, ListSeparationHandler, SeparationViews } from './separation.query.js';
import { StageApprovers } from './stage-approvers.query.js';

/** Exceptions from rules of separation of duties, and findings. */
@Module({
  imports: [RequestsModule],
  controllers: [SeparationController],
  providers: [
    RuleOwners,
    StageApprovers,
    GrantExceptionHandler,
    EndExceptionHandler,
    SeparationViews,
    GetSeparationHandler,
    ListSeparationHandler,
  ],
})
export class SeparationModule {}
