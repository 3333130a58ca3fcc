import { type AccessPackage, isGiven } from './documents.js';
import { includedIn, reached } from './inclusion.js';
import type { Origin } from './origin.js';
import { nameOf, type SeparatedItem } from './separation.js';

/** With which version of a package came what has to be released before earlier holders get it. */
export interface PackageReach {
  /** Of the document. */
  readonly version: number;
  /** By the name of a grant or included package; what is not named reaches every holder. */
  readonly since: Readonly<Record<string, number>>;
}

/** The newest version whose additions an owner let reach those who held the package before. */
export interface VersionRelease {
  readonly version: number;
  /** UUID of the actor; null: nobody yet, it is only foreseen. */
  readonly by: string | null;
  readonly origin: Origin | null;
}

/** Versions of packages, by their ids: somebody has what came with them or before. */
export type Reached = Readonly<Record<string, number>>;

export const noReach: PackageReach = { version: 0, since: {} };

/** A package as a snapshot of the catalog knows it. */
export interface PackageVersion {
  readonly document: AccessPackage;
  readonly reach: PackageReach;
  readonly release: VersionRelease | null;
}

/** The reach after the next version of a document. @param waits what it adds waits for a release */
export function reachAfter(
  former: { readonly document: AccessPackage | null; readonly reach?: PackageReach | undefined },
  document: AccessPackage,
  waits: boolean,
): PackageReach {
  const { version: last, since } = former.reach ?? noReach;
  const version = last + 1;
  const had = new Set(former.document !== null && isGiven(former.document) ? namesIn(former.document) : []);
  const entries = namesIn(document).flatMap((name): [string, number][] => {
    if (!had.has(name)) return waits ? [[name, version]] : [];
    const known = since[name];
    return known === undefined ? [] : [[name, known]];
  });
  return { version, since: Object.fromEntries(entries) };
}

/** A proposed version of a package is looked at as it would be once it is released. */
export function foreseenVersion(
  { document }: { readonly document: unknown },
  former: { readonly document: unknown; readonly version: number; readonly reach?: PackageReach | null | undefined },
): { readonly reach: PackageReach; readonly release: VersionRelease } {
  // Who calls it has looked at the kind of both.
  const before = {
    document: former.document as AccessPackage,
    reach: { version: former.version, since: former.reach?.since ?? {} },
  };
  const reach = reachAfter(before, document as AccessPackage, true);
  return { reach, release: { version: reach.version, by: null, origin: null } };
}

/** The documents as they would be if somebody released the newest version of a package. */
export function releasedIn<Entry extends { readonly kind: string; readonly id: string; readonly version: number }>(
  entries: readonly Entry[],
  packageId: string,
  by: string,
): Entry[] {
  return entries.map((one) =>
    one.kind === 'access-package' && one.id === packageId
      ? { ...one, release: { version: one.version, by, origin: null } }
      : one,
  );
}

const namesIn = ({ grants, includes }: AccessPackage): string[] => [...grants, ...includes].map(nameOf);

/** Which versions of packages somebody has, where not all holders have the newest. */
export class PackageVersions {
  private readonly waiting: ReadonlySet<string>;

  constructor(
    private readonly packages: ReadonlyMap<string, PackageVersion>,
    private readonly withIncluded: (packageId: string) => readonly string[],
  ) {
    this.waiting = new Set(
      [...packages].flatMap(([id, { reach }]) => (Object.keys(reach.since).length > 0 ? [id] : [])),
    );
  }

  /** Is there something in a package, or in what it includes, that not every holder may have? */
  differs(packageId: string): boolean {
    return this.waiting.size > 0 && this.withIncluded(packageId).some((id) => this.waiting.has(id));
  }

  /** What somebody has of a package: the packages that it is and includes, and what these grant. */
  meantTo(packageId: string, has: Reached): readonly SeparatedItem[] {
    const isReached = (id: string, item: SeparatedItem): boolean =>
      (this.packages.get(id)?.reach.since[nameOf(item)] ?? 0) <= (has[id] ?? 0);
    const found = reached(
      [packageId],
      (id) =>
        includedIn(this.packages.get(id)?.document, id === packageId)?.filter((one) => isReached(id, one)) ?? null,
    );
    const grants = found.flatMap(
      (id) => this.packages.get(id)?.document.grants.filter((grant) => isReached(id, grant)) ?? [],
    );
    return [...found, ...new Map(grants.map((grant) => [nameOf(grant), grant])).values()];
  }

  /** The versions of the included packages that somebody has who is given a package now. */
  reachedToday(packageId: string): Reached {
    const ids = this.withIncluded(packageId).filter((id) => id !== packageId && this.waiting.has(id));
    return Object.fromEntries(ids.map((id) => [id, this.packages.get(id)?.reach.version ?? 0]));
  }

  /** Released versions that somebody does not have, and that give something more. */
  releasedBeyond(
    packageId: string,
    reached: Reached,
  ): { readonly packageId: string; readonly release: VersionRelease }[] {
    if (!this.differs(packageId)) return [];
    return this.withIncluded(packageId).flatMap((id) => {
      const { reach, release } = this.packages.get(id) ?? { reach: noReach, release: null };
      if (release === null) return [];
      const had = reached[id] ?? 0;
      const gives = Object.values(reach.since).some((version) => version > had && version <= release.version);
      return gives ? [{ packageId: id, release }] : [];
    });
  }

  /** Packages of which somebody who has these versions does not have the newest. */
  lacking(packageId: string, reached: Reached): string[] {
    if (!this.differs(packageId)) return [];
    return this.withIncluded(packageId).filter((id) => {
      const since = this.packages.get(id)?.reach.since ?? {};
      return Object.values(since).some((version) => version > (reached[id] ?? 0));
    });
  }

  /** Does this version of a package add something? */
  addsIn(packageId: string, version: number): boolean {
    return Object.values(this.packages.get(packageId)?.reach.since ?? {}).includes(version);
  }

  /** What versions of a package after this one added. */
  addedAfter(packageId: string, version: number): readonly SeparatedItem[] {
    const known = this.packages.get(packageId);
    if (known === undefined) return [];
    const items = [...known.document.grants, ...known.document.includes];
    return items.filter((item) => (known.reach.since[nameOf(item)] ?? 0) > version);
  }

  /** Packages whose newest version adds something that no owner has released. */
  get unreleased(): string[] {
    return [...this.waiting].filter((id) => this.addedAfter(id, this.releaseOf(id)?.version ?? 0).length > 0).sort();
  }

  releaseOf(packageId: string): VersionRelease | null {
    return this.packages.get(packageId)?.release ?? null;
  }
}
