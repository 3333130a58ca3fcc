import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { LogModule } from '../log/log.module.js';
import { AccessController } from './access.controller.js';
import { Causes } from './causes.query.js';
import { ReadIdentityTimelineHandler } from './identity-timeline.query.js';
import { ListAccessHandler } from './list-access.query.js';
import { Timelines } from './timelines.query.js';
import { Explanations } from './why.query.js';

/** Who had access, when, and why: folded from the log when asked. */
@Module({
  imports: [CqrsModule, LogModule],
  controllers: [AccessController],
  providers: [Timelines, Causes, Explanations, ListAccessHandler, ReadIdentityTimelineHandler],
  exports: [Timelines, Explanations],
})
export class AccessModule {}
