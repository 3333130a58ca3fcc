import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BrakeModule } from '../brake/brake.exports.js';
import { CancelHoldHandler, ReleaseHoldHandler } from './decide-hold.command.js';
import { HoldStore } from './hold.store.js';
import { HoldsController } from './holds.controller.js';
import { GetHoldHandler, ListHoldsHandler } from './read-holds.query.js';

/** Statements of HR that wait for a person, row by row. */
@Module({
  imports: [CqrsModule, BrakeModule],
  controllers: [HoldsController],
  providers: [HoldStore, GetHoldHandler, ListHoldsHandler, ReleaseHoldHandler, CancelHoldHandler],
  exports: [HoldStore],
})
export class HoldsModule {}
