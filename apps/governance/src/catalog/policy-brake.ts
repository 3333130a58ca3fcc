import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { isPastBrake } from '#libs/service-kit/settings/brake.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { AccessLosses } from '../people/access-loss.query.js';
import type { AffectedPeople } from '../people/affected-people.js';
import type { Holders } from '../people/affected-people.query.js';
import { ChangeTakesAccess } from './catalog.errors.js';
import { Catalog } from './catalog.query.js';
import type { AccessPackage, BirthrightRule, CatalogDocuments } from './documents.js';
import { touchesOf } from './touches.js';

/** An administrator's confirmation: how many people may lose access by a change, and why. */
export interface Confirmation {
  readonly confirm: number | null;
  readonly reason: string | null;
}

/** A confirmed change that exceeds the thresholds. */
export interface ConfirmedLoss {
  readonly loses: number;
  readonly holders: number;
  readonly confirmed: number;
}

type RuledKind = 'access-package' | 'birthright-rule';

/** A change that takes access from many holders must give their number. */
@Injectable()
export class PolicyBrake {
  constructor(
    private readonly catalog: Catalog,
    private readonly losses: AccessLosses,
    private readonly settings: ServiceSettings,
  ) {}

  /**
   * Returns what was confirmed; null where nothing had to be.
   * @throws ChangeTakesAccess
   */
  async check<Kind extends RuledKind>(
    changed: { readonly kind: Kind; readonly id: string; readonly document: CatalogDocuments[Kind] },
    former: CatalogDocuments[Kind] | null,
    affected: AffectedPeople,
    { confirm }: Confirmation,
  ): Promise<ConfirmedLoss | null> {
    if (former === null || isDeepStrictEqual(former, changed.document)) return null;
    const holders = holdersOf(changed.id, former);
    if (holders.packages.length === 0) return null;
    const before = await this.catalog.current();
    const loss = await this.losses.between(before, before.with(changed), affected, holders);
    const past = isPastBrake(loss.loses, loss.holders, this.settings.policyBrake);
    if (confirm === null ? past : loss.loses > confirm) throw new ChangeTakesAccess(touchesOf(loss, before), confirm);
    return past && confirm !== null ? { loses: loss.loses, holders: loss.holders, confirmed: confirm } : null;
  }
}

/** Who may lose access by a change of this document: the holders of what it gives now. */
function holdersOf(id: string, former: AccessPackage | BirthrightRule): Holders {
  return 'packages' in former ? { packages: former.packages, rule: id } : { packages: [id], rule: null };
}
