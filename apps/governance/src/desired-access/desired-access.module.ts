import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { ExplainAccessHandler, GetAccessHandler } from './desired-access.query.js';
import { ExplainedRows } from './explained-rows.query.js';
import { RestatementConsumer } from './restatement.consumer.js';
import { Restatements } from './restatements.stream.js';

/** What each identity should have in each application: said when it changes, said again when a connector asks. */
@Module({
  controllers: [AccessController],
  providers: [Restatements, RestatementConsumer, ExplainedRows, GetAccessHandler, ExplainAccessHandler],
  exports: [RestatementConsumer],
})
export class DesiredAccessModule {}
