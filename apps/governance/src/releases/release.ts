import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { NothingToRelease, NotPackageOwner, VersionNotNewest } from './release.errors.js';

/** Who releases a version of a package. */
export interface Releaser {
  /** UUID of the actor. */
  readonly actor: string;
  readonly owns: boolean;
  readonly isPolicyAdmin: boolean;
}

/**
 * An owner releases the newest version, if it adds something; who has released it does so again only in the place of another owner,
 * who could not release it to themselves.
 * @throws NotPackageOwner, VersionNotNewest, NothingToRelease
 */
export function refuseRelease(
  { packageId, version }: { readonly packageId: string; readonly version: number },
  { actor, owns, isPolicyAdmin }: Releaser,
  catalog: CatalogSnapshot,
): void {
  if (!owns && !(isPolicyAdmin && !catalog.owners.isOwned(packageId)))
    throw new NotPackageOwner('only an owner of the package may release its versions to those who hold it', {
      packageId,
    });
  const newest = catalog.accessPackage(packageId)?.version ?? 0;
  if (version !== newest)
    throw new VersionNotNewest(`version ${newest} is the newest: look at what it adds, and release that`, {
      packageId,
      newest,
    });
  if (maySayMore(packageId, actor, catalog)) return;
  throw new NothingToRelease('nothing that it adds waits for a release', { packageId });
}

/** Something waits for a release, or somebody else has released it and could not to themselves. */
function maySayMore(packageId: string, actor: string, { versions }: CatalogSnapshot): boolean {
  const release = versions.releaseOf(packageId);
  if (release === null) return versions.addedAfter(packageId, 0).length > 0;
  return versions.addedAfter(packageId, release.version).length > 0 || release.by !== actor;
}
