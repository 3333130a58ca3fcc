import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { formerNames } from './former-names.projection.js';
import { identityRows } from './identity-rows.projection.js';
import type { IdentityEvent } from './identity.events.js';
import { identity, isIdentity, type Identity } from './identity.js';

/** The facts of each identity. */
@Injectable()
export class Identities extends EventStream<Identity, IdentityEvent> {
  constructor(store: EventStore) {
    super(store, {
      category: 'identity',
      fold: identity,
      isState: isIdentity,
      readModels: [identityRows, formerNames],
    });
  }

  /** The ids of a person's facts and of what led to each, oldest first. */
  async causesOf(identityId: string): Promise<{ id: string; causationId: string | null }[]> {
    const [change] = await this.whole([identityId]);
    return (change?.facts ?? []).map(({ id, causationId }) => ({ id, causationId }));
  }
}
