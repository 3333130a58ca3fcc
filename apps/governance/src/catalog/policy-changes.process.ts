import { Injectable } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import type { Causation, Recorded } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { affectedBy, RecomputeAccess } from '../people/people.exports.js';
import type { CatalogDocuments } from '../policy/policy.exports.js';
import { Catalog } from './catalog.query.js';
import { PolicyBrake, type ConfirmedLoss, type Confirmation } from './policy-brake.process.js';
import type { PolicyChangeReleased } from './release.events.js';
import { Releases } from './releases.stream.js';

/** Stages what follows from a definition's fact; the id of the job that applies it, or null. */
export type Follow = (work: Work, fact: Recorded) => string | null;

interface PolicyChange<Document> {
  readonly id: string;
  readonly document: Document;
  readonly confirmation: Confirmation;
  readonly causation: Causation;
}

/** What goes with a change of a rule or package: the brake, the record of its release, and those whom it affects recomputed. */
@Injectable()
export class PolicyChanges {
  constructor(
    private readonly catalog: Catalog,
    private readonly brake: PolicyBrake,
    private readonly releases: Releases,
    private readonly recompute: RecomputeAccess,
  ) {}

  /** @throws ChangeTakesAccess */
  async check<Kind extends 'access-package' | 'birthright-rule'>(
    kind: Kind,
    { id, document, confirmation, causation }: PolicyChange<CatalogDocuments[Kind]>,
    former: CatalogDocuments[Kind] | null,
  ): Promise<Follow> {
    const includers = (await this.catalog.current()).inclusion.includersOf(id);
    const affected = affectedBy(id, former, document, includers);
    const { confirmed, count } = await this.brake.check({ kind, id, document }, former, affected, confirmation);
    return (work, fact) => {
      const change = { kind, id, version: fact.version };
      if (confirmed !== null) {
        const released = releaseOf(change, confirmed, confirmation, causation);
        const none = { id: uuidv7(), state: null, version: 0 };
        this.releases.stage(work, none, [released], { ...causation, causationId: fact.id });
      }
      count(work);
      this.recompute.stage(work, fact, change, affected);
      return fact.id;
    };
  }
}

function releaseOf(
  change: Pick<PolicyChangeReleased['data'], 'kind' | 'id' | 'version'>,
  loss: ConfirmedLoss,
  { reason }: Confirmation,
  { actor }: Causation,
): PolicyChangeReleased {
  const releasedBy = actorId(actor);
  return {
    type: 'PolicyChangeReleased',
    v: 1,
    data: { ...change, ...loss, releasedBy },
    ...(reason === null ? {} : { personal: { reason: { subject: releasedBy, fields: { reason } } } }),
  };
}
