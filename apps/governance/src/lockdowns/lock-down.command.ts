import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { lockIdentity, releaseIdentity } from '../identities/identities.exports.js';
import { lockDown, release } from './lockdown.js';
import { LockdownEffects, type LockdownTerms } from './lockdown-effects.process.js';

/** Ends everything that somebody has, at once, and keeps it so whatever HR states. The same again changes nothing. */
export class LockDownIdentity extends Command<void> {
  constructor(readonly terms: LockdownTerms) {
    super();
  }
}

/** Ends a lockdown: the person is again what HR states, and has what rules give. */
export class ReleaseLockdown extends Command<void> {
  constructor(readonly terms: LockdownTerms) {
    super();
  }
}

@CommandHandler(LockDownIdentity)
export class LockDownIdentityHandler implements ICommandHandler<LockDownIdentity> {
  constructor(private readonly effects: LockdownEffects) {}

  execute({ terms }: LockDownIdentity): Promise<void> {
    return this.effects.apply(terms, { decide: lockDown, change: lockIdentity });
  }
}

@CommandHandler(ReleaseLockdown)
export class ReleaseLockdownHandler implements ICommandHandler<ReleaseLockdown> {
  constructor(private readonly effects: LockdownEffects) {}

  execute({ terms }: ReleaseLockdown): Promise<void> {
    return this.effects.apply(terms, { decide: release, change: releaseIdentity });
  }
}
