import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import { NotFound } from '#libs/problems/problem.js';
import { type DryRun, dryRunOf } from '../catalog/catalog.exports.js';
import { AccessLosses, CurrentCatalog, OwnedPackages } from '../people/people.exports.js';
import { isLive } from '../policy/policy.exports.js';
import { refuseRelease } from './release.js';
import { holdersOf } from './release-version.command.js';

/** Whom a release would give what, and to whom it would be refused. Refused as the release would be. */
export class ForeseeRelease extends Query<DryRun> {
  constructor(
    readonly packageId: string,
    readonly version: number,
    readonly caller: Caller,
  ) {
    super();
  }
}

@QueryHandler(ForeseeRelease)
export class ForeseeReleaseHandler implements IQueryHandler<ForeseeRelease> {
  constructor(
    private readonly catalog: CurrentCatalog,
    private readonly owned: OwnedPackages,
    private readonly losses: AccessLosses,
  ) {}

  async execute({ packageId, version, caller }: ForeseeRelease): Promise<DryRun> {
    const [catalog, owned] = await Promise.all([this.catalog.current(), this.owned.of(caller)]);
    const known = catalog.accessPackage(packageId);
    if (known === undefined || !isLive(known.document)) throw new NotFound('access package', packageId);
    const actor = actorId(caller.actor);
    const isPolicyAdmin = caller.roles.includes('policy-admin');
    refuseRelease({ packageId, version }, { actor, owns: owned.includes(packageId), isPolicyAdmin }, catalog);
    const foreseen = await this.losses.foresee(
      catalog,
      catalog.withReleased(packageId, actor),
      holdersOf(packageId, catalog),
    );
    const among = { packages: [packageId, ...catalog.inclusion.includersOf(packageId)], rule: null };
    const holders = await this.losses.countTogether([among], []);
    const lastHour = { loses: foreseen.losers.length, holders };
    return dryRunOf(foreseen, { version, holders, lastHour, past: false, needsRelease: true }, catalog);
  }
}
