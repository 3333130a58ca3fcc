import { Injectable } from '@nestjs/common';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { type Access, Accesses, noAccess } from '../assignments/assignments.exports.js';
import { PastCatalog } from '../catalog/catalog.exports.js';
import { DesiredAccesses } from '../desired-access/desired-access.exports.js';
import { Identities, type Identity, type KnownIdentity } from '../identities/identities.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';

/** What an explanation is about: one person in one application, at one instant. */
export interface KnownAccess {
  /** Null while the person was unknown. */
  readonly state: KnownIdentity | null;
  readonly message: DesiredAccessMessage | null;
  readonly sequence: number;
  readonly access: Access;
  readonly catalog: CatalogSnapshot;
}

/** What was so at an instant of the past, folded from the facts that had occurred by then. */
@Injectable()
export class PastAccess {
  constructor(
    private readonly identities: Identities,
    private readonly accesses: Accesses,
    private readonly desired: DesiredAccesses,
    private readonly past: PastCatalog,
  ) {}

  /** Null for an identity that there is not, to this day. */
  async of(identityId: string, application: string, until: string): Promise<KnownAccess | null> {
    const [[known], [identity], [access], [desired], catalog] = await Promise.all([
      this.identities.whole([identityId]),
      this.identities.whole([identityId], { until }),
      this.accesses.whole([identityId], { until }),
      this.desired.whole([DesiredAccesses.idOf(identityId, application)], { until }),
      this.past.at(until),
    ]);
    if (known === undefined) return null;
    return {
      state: stateOf(identity?.after),
      message: desired?.after ?? null,
      sequence: desired?.version ?? 0,
      access: access?.after ?? noAccess,
      catalog,
    };
  }
}

const stateOf = (state: Identity | undefined): KnownIdentity | null =>
  state === undefined || state.status === 'absent' ? null : state;
