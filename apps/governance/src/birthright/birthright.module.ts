import { Module } from '@nestjs/common';
import { BirthrightExclusionsController, WithheldBirthrightsController } from './birthright.controller.js';
import {
  GetExclusionHandler,
  ListExclusionsHandler,
  ListWithheldHandler,
  VisibleBirthrights,
} from './birthright.query.js';
import { EndExclusionHandler } from './end-exclusion.command.js';

/** What rules give and people do not get: because somebody revoked it, or because of separation of duties. */
@Module({
  controllers: [BirthrightExclusionsController, WithheldBirthrightsController],
  providers: [VisibleBirthrights, GetExclusionHandler, ListExclusionsHandler, ListWithheldHandler, EndExclusionHandler],
})
export class BirthrightModule {}
