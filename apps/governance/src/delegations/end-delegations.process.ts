import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { endDelegation } from './delegation.js';
import { Delegations } from './delegations.stream.js';
import { liveDelegations } from './live-delegations.query.js';

/** Ends what was handed over by a person, and to them. */
@Injectable()
export class EndDelegations {
  constructor(
    private readonly db: Database,
    private readonly delegations: Delegations,
  ) {}

  async endAllOf(work: Work, identityId: string, causation: Causation, at: string): Promise<void> {
    for (const loaded of await this.delegations.loadRows(await liveDelegations(this.db, identityId, at)))
      if (loaded.state !== null) this.delegations.stage(work, loaded, endDelegation(at, loaded.state), causation);
  }
}
