import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { isPastBrake } from '#libs/service-kit/settings/brake.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import type { Work } from '#libs/event-store/work.js';
import {
  type AccessLoss,
  AccessLosses,
  affectedBy,
  type AffectedPeople,
  type Holders,
} from '../people/people.exports.js';
import { ChangeTakesAccess } from './catalog.errors.js';
import {
  type AccessPackage,
  type BirthrightRule,
  type CatalogDocuments,
  type CatalogSnapshot,
  isLive,
  type Versioned,
} from '../policy/policy.exports.js';
import { Catalog } from './catalog.query.js';
import { PolicyLosses } from './policy-losses.store.js';
import { dryRunOf, retirementOf, touchesOf, type DryRun, type LossCount } from './touches.js';

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

/** A rule or package as it would be. */
export interface ProposedDocument<Kind extends RuledKind = RuledKind> {
  readonly kind: Kind;
  readonly id: string;
  readonly document: CatalogDocuments[Kind];
}

/** What a change takes away: confirmed by a person, or counted together with the other changes of the last hour. */
export interface JudgedLoss {
  readonly confirmed: ConfirmedLoss | null;
  /** Stages the count. The work fails with a conflict if another change was counted in the meantime. */
  readonly count: (work: Work) => void;
}

const nothing: JudgedLoss = { confirmed: null, count: () => undefined };

/** A change that takes access from many holders, alone or together with other changes of the last hour, must be confirmed with their number. */
@Injectable()
export class PolicyBrake {
  constructor(
    private readonly catalog: Catalog,
    private readonly losses: AccessLosses,
    private readonly lost: PolicyLosses,
    private readonly settings: ServiceSettings,
  ) {}

  /** @throws ChangeTakesAccess */
  async check<Kind extends RuledKind>(
    changed: ProposedDocument<Kind>,
    former: CatalogDocuments[Kind] | null,
    affected: AffectedPeople,
    { confirm }: Confirmation,
  ): Promise<JudgedLoss> {
    if (former === null || isDeepStrictEqual(former, changed.document)) return nothing;
    const before = await this.catalog.current();
    const holders = holdersOf(changed.id, former, before);
    if (holders.packages.length === 0) return nothing;
    const loss = await this.losses.between(before, before.with(changed), affected, holders);
    if (loss.losers.length === 0) return nothing;
    const { past, lastHour, seq } = await this.judge(loss, holders);
    if (confirm === null ? past : loss.loses > confirm)
      throw new ChangeTakesAccess(touchesOf(loss, lastHour, before), confirm);
    if (past && confirm !== null)
      return { ...nothing, confirmed: { loses: loss.loses, holders: loss.holders, confirmed: confirm } };
    return { confirmed: null, count: (work) => this.lost.count(work, holders, loss.losers, seq) };
  }

  /** What a change would give and take, and whether it would have to be confirmed. Does nothing. */
  async foresee<Kind extends RuledKind>(
    changed: ProposedDocument<Kind>,
    standing: Versioned<CatalogDocuments[Kind]> | undefined,
  ): Promise<DryRun> {
    const former = standing?.document ?? null;
    const before = await this.catalog.current();
    const affected = affectedBy(changed.id, former, changed.document, before.inclusion.includersOf(changed.id));
    const after = before.with(changed);
    const retiring = retires(changed.document, former) ? changed.id : null;
    const foreseen = await this.losses.foresee(before, after, affected, retiring);
    const none = { packages: [], rule: null };
    const among = former === null ? none : holdersOf(changed.id, former, before);
    const holders = await this.losses.countTogether([among], foreseen.losers);
    const { past, lastHour } = await this.judge({ losers: foreseen.losers, holders }, among);
    const version = standing?.version ?? 0;
    const needsRelease = version > 0 && waitsForOwner(changed.id, version + 1, before, after);
    const successor = after.successorOf(changed.id);
    const retirement = retiring === null ? null : retirementOf(retiring, foreseen, successor, before);
    return dryRunOf(foreseen, { version, holders, lastHour, past, needsRelease, retirement }, before);
  }

  /** A confirmed change is not counted: its number was confirmed. */
  private async judge(
    { losers, holders }: Pick<AccessLoss, 'losers' | 'holders'>,
    among: Holders,
  ): Promise<{ readonly past: boolean; readonly lastHour: LossCount; readonly seq: number }> {
    const { seq, people, holders: others } = await this.lost.lately();
    const together = [...new Set([...people, ...losers])];
    const lastHour =
      people.size === 0
        ? { loses: losers.length, holders }
        : { loses: together.length, holders: await this.losses.countTogether([...others, among], together) };
    const thresholds = this.settings.policyBrake;
    const past =
      losers.length > 0 &&
      (isPastBrake(losers.length, holders, thresholds) || isPastBrake(lastHour.loses, lastHour.holders, thresholds));
    return { past, lastHour, seq };
  }
}

/** Does the change retire the package? */
const retires = (document: AccessPackage | BirthrightRule, former: AccessPackage | BirthrightRule | null): boolean =>
  'status' in document && document.status === 'retired' && former !== null && 'status' in former && isLive(former);

/** Does the version add something to a package that somebody owns? */
const waitsForOwner = (id: string, version: number, before: CatalogSnapshot, after: CatalogSnapshot): boolean =>
  (before.owners.isOwned(id) || after.owners.isOwned(id)) && after.versions.addsIn(id, version);

/** Who may lose access by a change of this document: the holders of what it gives now. */
function holdersOf(id: string, former: AccessPackage | BirthrightRule, catalog: CatalogSnapshot): Holders {
  return 'packages' in former
    ? { packages: former.packages, rule: id }
    : { packages: [id, ...catalog.inclusion.includersOf(id)], rule: null };
}
