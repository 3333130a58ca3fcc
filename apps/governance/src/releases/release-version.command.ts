import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import type { Recorded } from '#libs/event-store/core.js';
import { NotFound } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { type PackageVersionReleased, PackageReleases } from '../catalog/catalog.exports.js';
import { type AffectedPeople, CurrentCatalog, OwnedPackages, RecomputeAccess } from '../people/people.exports.js';
import { type CatalogSnapshot, isLive } from '../policy/policy.exports.js';
import { refuseRelease } from './release.js';

/** Lets what a version of a package adds reach those who held the package before. Answers the id of the job that does it. */
export class ReleaseVersion extends Command<string> {
  constructor(
    readonly packageId: string,
    readonly version: number,
    readonly reason: string | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(ReleaseVersion)
export class ReleaseVersionHandler implements ICommandHandler<ReleaseVersion> {
  constructor(
    private readonly releases: PackageReleases,
    private readonly catalog: CurrentCatalog,
    private readonly owned: OwnedPackages,
    private readonly recompute: RecomputeAccess,
    private readonly clock: Clock,
  ) {}

  async execute({ packageId, version, reason, caller }: ReleaseVersion): Promise<string> {
    const owned = await this.owned.of(caller);
    const actor = actorId(caller.actor);
    let job = '';
    let affected: AffectedPeople = { who: 'nobody' };
    await this.releases.transact(
      packageId,
      async () => {
        const catalog = await this.catalog.current();
        const known = catalog.accessPackage(packageId);
        if (known === undefined || !isLive(known.document)) throw new NotFound('access package', packageId);
        const isPolicyAdmin = caller.roles.includes('policy-admin');
        refuseRelease({ packageId, version }, { actor, owns: owned.includes(packageId), isPolicyAdmin }, catalog);
        affected = holdersOf(packageId, catalog);
        return [released({ packageId, version, releasedBy: actor, releasedAt: this.clock.now() }, reason)];
      },
      causationOf(caller),
      (work, { facts }: { facts: readonly Recorded[] }) => {
        const fact = facts.at(-1);
        if (fact === undefined) return;
        job = fact.id;
        const change = { kind: 'access-package', id: packageId, version } as const;
        this.recompute.stage(work, fact, change, affected);
      },
    );
    return job;
  }
}

function released(data: PackageVersionReleased['data'], reason: string | null): PackageVersionReleased {
  const personal = reason === null ? {} : { personal: { reason: { subject: data.releasedBy, fields: { reason } } } };
  return { type: 'PackageVersionReleased', v: 1, data, ...personal };
}

/** Who holds a package, or one that includes it. */
export const holdersOf = (packageId: string, catalog: CatalogSnapshot): AffectedPeople => ({
  who: 'any',
  of: [packageId, ...catalog.inclusion.includersOf(packageId)].map((id) => ({ who: 'holding', package: id })),
});
