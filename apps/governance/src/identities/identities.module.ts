import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.exports.js';
import { HrLifecycleConsumer } from './hr-lifecycle.consumer.js';
import { IdentitiesController } from './identities.controller.js';
import { GetIdentityHandler, ListIdentitiesHandler } from './identities.query.js';
import { LeaversSweep } from './leavers-sweep.process.js';
import { MeController } from './me.controller.js';
import { GetMeHandler } from './me.query.js';
import { MissingManagers } from './missing-managers.process.js';
import { UserNames } from './user-names.process.js';

/** People as the hub knows them, made from what HR states. */
@Module({
  imports: [RequestsModule],
  controllers: [IdentitiesController, MeController],
  providers: [
    HrLifecycleConsumer,
    MissingManagers,
    UserNames,
    LeaversSweep,
    GetMeHandler,
    GetIdentityHandler,
    ListIdentitiesHandler,
  ],
  exports: [HrLifecycleConsumer],
})
export class IdentitiesModule {}
