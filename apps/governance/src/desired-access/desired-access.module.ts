import { Module } from '@nestjs/common';
import { RestatementConsumer } from './restatement.consumer.js';
import { RestatementEnd } from './restatement-end.process.js';
import { Restatements } from './restatements.stream.js';

/** What each identity should have in each application: said when it changes, said again when a connector asks. */
@Module({
  providers: [Restatements, RestatementConsumer, RestatementEnd],
  exports: [RestatementConsumer],
})
export class DesiredAccessModule {}
