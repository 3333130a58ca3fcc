import { Module } from '@nestjs/common';
import { HrLifecycleConsumer } from './hr-lifecycle.consumer.js';
import { IdentitiesController } from './identities.controller.js';
import { GetIdentityHandler, ListIdentitiesHandler } from './identities.query.js';
import { MeController } from './me.controller.js';
import { GetMeHandler } from './me.query.js';
import { MissingManagers } from './missing-managers.process.js';
import { IdentityConsumers, PulledAttributesConsumer } from './pulled-attributes.consumer.js';
import { UserNames } from './user-names.process.js';

/** People as the hub knows them, made from what HR states. */
@Module({
  controllers: [IdentitiesController, MeController],
  providers: [
    HrLifecycleConsumer,
    MissingManagers,
    PulledAttributesConsumer,
    IdentityConsumers,
    UserNames,
    GetMeHandler,
    GetIdentityHandler,
    ListIdentitiesHandler,
  ],
  exports: [IdentityConsumers],
})
export class IdentitiesModule {}
