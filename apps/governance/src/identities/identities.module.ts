import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.module.js';
import { HrLifecycleConsumer } from './hr-lifecycle.consumer.js';
import { IdentitiesController } from './identities.controller.js';
import { GetIdentityHandler, ListIdentitiesHandler } from './identities.query.js';
import { LeaversSweep } from './leavers-sweep.command.js';
import { MissingManagers } from './missing-managers.command.js';
import { UserNames } from './user-names.command.js';

/** People as the hub knows them, made from what HR states. */
@Module({
  imports: [RequestsModule],
  controllers: [IdentitiesController],
  providers: [HrLifecycleConsumer, MissingManagers, UserNames, LeaversSweep, GetIdentityHandler, ListIdentitiesHandler],
  exports: [HrLifecycleConsumer],
})
export class IdentitiesModule {}
