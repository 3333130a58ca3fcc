import { type AccessPackage, isGiven, isLive, type Versioned } from './documents.js';

/** Packages that contain packages. */
export class Inclusion {
  constructor(private readonly packages: ReadonlyMap<string, Versioned<AccessPackage>>) {}

  /** A package and all that it includes, however far, as far as these give something. */
  withIncluded(packageId: string): string[] {
    const found = new Set<string>();
    const next = [packageId];
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      const known = this.packages.get(id);
      if (known === undefined || found.has(id)) continue;
      if (!(id === packageId ? isGiven : isLive)(known.document)) continue;
      found.add(id);
      next.push(...known.document.includes);
    }
    return [...found];
  }

  /** Packages that include this one, however far. */
  includersOf(packageId: string): string[] {
    return [...this.packages.keys()].filter((id) => id !== packageId && this.includes(id, packageId));
  }

  /** Does a package include another one, whatever their status? */
  includes(packageId: string, other: string): boolean {
    const seen = new Set<string>();
    const next = [...(this.packages.get(packageId)?.document.includes ?? [])];
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      if (id === other) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      next.push(...(this.packages.get(id)?.document.includes ?? []));
    }
    return false;
  }
}
