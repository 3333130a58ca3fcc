import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AuthGuard } from '#libs/auth/auth.guard.js';
import { Authenticator } from '#libs/auth/authenticator.js';
import { IdentityDirectory } from '#libs/auth/identity-directory.store.js';
import { RequestLimits } from '#libs/auth/request-limits.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { Clock } from '#libs/system/clock.js';
import { Denials } from '../denials/denials.js';
import { AnswerTable } from '../idempotency/idempotent-answer.store.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { JsonBodyGuard } from '../input/json-body.guard.js';
import { QueryGuard } from '../input/query.guard.js';
import { OwnedDirectory } from '../settings/owned-directory.js';
import { RefusalStatuses } from '../http/refusal-statuses.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { parkedMessagesController } from '../parked-messages/parked-messages.controller.js';
import { ParkedMessages } from '../parked-messages/parked-messages.js';
import type { ServiceDefinition } from './service-definition.js';
import { ServiceSettings } from '../settings/settings.js';
import { positionsController } from '../positions/positions.controller.js';
import { Positions } from '../positions/positions.js';
import { republicationsController } from '../republications/republications.controller.js';
import { rebuildsController } from '../rebuilds/rebuilds.controller.js';
import { Rebuilds } from '../rebuilds/rebuilds.js';
import { Republications } from '../republications/republications.js';
import { Timers } from '../timers/timers.js';
import { validationPipe } from '../input/validation.js';

/** What every feature may inject. */
export interface Provided {
  readonly database: Database;
  readonly store: EventStore;
  readonly bus: EventBus;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly identities: IdentityDirectory;
  readonly authenticator: Authenticator;
  readonly limits: RequestLimits;
  readonly answers: AnswerTable;
  readonly settings: ServiceSettings;
  readonly masterKey: MasterKey;
  readonly owned: OwnedDirectory;
}

/** The root of a service's container: what the kit provides, then the service itself. */
@Module({})
export class ServiceModule {
  static of(definition: ServiceDefinition, provided: Provided): DynamicModule {
    const values = [
      { provide: Database, useValue: provided.database },
      { provide: EventStore, useValue: provided.store },
      { provide: EventBus, useValue: provided.bus },
      { provide: Timers, useValue: provided.timers },
      { provide: Clock, useValue: provided.clock },
      { provide: IdentityDirectory, useValue: provided.identities },
      { provide: Authenticator, useValue: provided.authenticator },
      { provide: RequestLimits, useValue: provided.limits },
      { provide: AnswerTable, useValue: provided.answers },
      { provide: ServiceSettings, useValue: provided.settings },
      { provide: MasterKey, useValue: provided.masterKey },
      { provide: OwnedDirectory, useValue: provided.owned },
    ];
    // Guards run in this order: token and role first, only then is a body read.
    const edge = [
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_GUARD, useClass: QueryGuard },
      { provide: APP_GUARD, useClass: JsonBodyGuard },
      { provide: APP_INTERCEPTOR, useClass: Idempotency },
      { provide: APP_PIPE, useFactory: validationPipe },
      { provide: APP_FILTER, useClass: ProblemFilter },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: [CqrsModule.forRoot(), definition.module],
      controllers: [
        parkedMessagesController(definition.operator),
        positionsController(definition.operator),
        republicationsController(definition.operator),
        rebuildsController(definition),
      ],
      providers: [...values, ...edge, RefusalStatuses, Denials, ParkedMessages, Positions, Republications, Rebuilds],
      exports: values.map(({ provide }) => provide),
    };
  }
}
