import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { ExplainAccessHandler, GetAccessHandler } from './explain-access.query.js';
import { GetScheduleHandler } from './schedule.query.js';
import { RequestsModule } from '../requests/requests.exports.js';
import { MyAccessController } from './my-access.controller.js';
import { GetMyAccessHandler } from './my-access.query.js';
import { PastAccess } from './past-access.process.js';
import { ScheduleController } from './schedule.controller.js';
import { ExplainedFacts } from './explained-facts.process.js';
import { ExplainedRows } from './explained-rows.query.js';

/** What an identity should have, and why or why not. */
@Module({
  imports: [RequestsModule],
  controllers: [AccessController, MyAccessController, ScheduleController],
  providers: [
    ExplainedFacts,
    ExplainedRows,
    PastAccess,
    GetAccessHandler,
    ExplainAccessHandler,
    GetScheduleHandler,
    GetMyAccessHandler,
  ],
})
export class ExplanationsModule {}
