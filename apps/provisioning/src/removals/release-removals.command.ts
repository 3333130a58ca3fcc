import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { desiredChannel, releaseHeld } from '../accounts/accounts.exports.js';
import { HeldRemovals } from './held-removals.store.js';
import { RemovalReleases } from './removal-releases.stream.js';

/** A person has looked: the held removals of a connector go on. */
export class ReleaseRemovals extends Command<{ released: number }> {
  constructor(
    readonly connector: string,
    readonly terms: { readonly reason: string; readonly identities: readonly string[] | null },
    readonly causation: Causation,
  ) {
    super();
  }
}

@CommandHandler(ReleaseRemovals)
export class ReleaseRemovalsHandler implements ICommandHandler<ReleaseRemovals> {
  constructor(
    private readonly held: HeldRemovals,
    private readonly releases: RemovalReleases,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async execute({ connector, terms, causation }: ReleaseRemovals): Promise<{ released: number }> {
    const { reason, identities: only } = terms;
    const identities = await this.held.of(connector, only);
    if (identities.length === 0) return { released: 0 };
    const releasedBy = actorId(causation.actor);
    await this.releases.transact(
      uuidv7(),
      () => [
        {
          type: 'RemovalsReleased',
          v: 1,
          data: { connector, identities, releasedBy },
          personal: { reason: { subject: releasedBy, fields: { reason } } },
        },
      ],
      causation,
      (work) => {
        releaseHeld(work, connector, identities, this.clock.now());
        work.onCommitted(() => this.db.notifier.notify(desiredChannel));
      },
    );
    return { released: identities.length };
  }
}
