import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LogModule } from '../log/log.exports.js';
import { AccessController } from './access.controller.js';
import { Explanations } from './explanations.query.js';
import { ReadIdentityTimelineHandler } from './identity-timeline.query.js';
import { ListAccessHandler } from './list-access.query.js';
import { Timelines } from './timelines.query.js';
import { Coverages } from './coverages.query.js';
import { NamedExplanations } from './named-explanations.query.js';

/** Who had access, when and why. Each answer is computed from the log. */
@Module({
  imports: [CqrsModule, LogModule],
  controllers: [AccessController],
  providers: [Timelines, Coverages, Explanations, NamedExplanations, ListAccessHandler, ReadIdentityTimelineHandler],
  exports: [Timelines, NamedExplanations],
})
export class AccessModule {}
