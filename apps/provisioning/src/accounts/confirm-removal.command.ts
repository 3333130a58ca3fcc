import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { NotFound } from '#libs/problems/problem.js';
import { confirmRemoval } from './unverified-removals.js';
import { Accounts } from './accounts.stream.js';
import { UnverifiedRemovals } from './unverified.query.js';

/** A person looked, and what the application cannot show is so: the access is gone. */
export class ConfirmRemoval extends Command<void> {
  constructor(
    readonly connector: string,
    /** The operation that took it away. */
    readonly operation: string,
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ConfirmRemoval)
export class ConfirmRemovalHandler implements ICommandHandler<ConfirmRemoval> {
  constructor(
    private readonly accounts: Accounts,
    private readonly removals: UnverifiedRemovals,
  ) {}

  async execute({ connector, operation, causation }: ConfirmRemoval): Promise<void> {
    const identityId = await this.removals.ownerOf(connector, operation);
    if (identityId === null) throw new NotFound('unverified removal', operation);
    const confirmedBy = actorId(causation.actor);
    await this.accounts.transact(
      Accounts.idOf(identityId, connector),
      (state) => confirmRemoval({ operation, confirmedBy }, state),
      causation,
    );
  }
}
