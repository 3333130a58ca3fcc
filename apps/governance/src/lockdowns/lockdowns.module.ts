import { Module } from '@nestjs/common';
import { DelegationsModule } from '../delegations/delegations.exports.js';
import { RequestsModule } from '../requests/requests.exports.js';
import { LockDownIdentityHandler, ReleaseLockdownHandler } from './lock-down.command.js';
import { LockdownEffects } from './lockdown-effects.process.js';
import { LockdownsController } from './lockdowns.controller.js';
import { GetLockdownHandler } from './lockdowns.query.js';
import { Lockdowns } from './lockdowns.stream.js';

/** Emergency off-boarding by security, until a second person releases it. */
@Module({
  imports: [DelegationsModule, RequestsModule],
  controllers: [LockdownsController],
  providers: [Lockdowns, LockdownEffects, LockDownIdentityHandler, ReleaseLockdownHandler, GetLockdownHandler],
})
export class LockdownsModule {}
