import { type AccessPackage, isGiven, isLive, type Versioned } from './documents.js';

/** Packages that contain packages. */
export class Inclusion {
  constructor(private readonly packages: ReadonlyMap<string, Versioned<AccessPackage>>) {}

  /** A package and all that it includes, however far, as far as these give something. */
  withIncluded(packageId: string): string[] {
    return reached([packageId], (id) => includedIn(this.packages.get(id)?.document, id === packageId));
  }

  /** Packages that include this one, however far. */
  includersOf(packageId: string): string[] {
    return [...this.packages.keys()].filter((id) => id !== packageId && this.includes(id, packageId));
  }

  /** Does a package include another one, whatever their status? */
  includes(packageId: string, other: string): boolean {
    const includedBy = (id: string): readonly string[] => this.packages.get(id)?.document.includes ?? [];
    return reached(includedBy(packageId), includedBy).includes(other);
  }
}

/** What a package includes; null where it gives nothing. @param isHeld people have the package itself, not what includes it */
export function includedIn(document: AccessPackage | undefined, isHeld: boolean): readonly string[] | null {
  if (document === undefined || !(isHeld ? isGiven : isLive)(document)) return null;
  return document.includes;
}

/** Everything that can be reached from these, themselves first. @param next what follows one; null: it does not count */
export function reached(from: readonly string[], next: (id: string) => readonly string[] | null): string[] {
  const found = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const more = found.has(id) ? null : next(id);
    if (more === null) continue;
    found.add(id);
    open.push(...more);
  }
  return [...found];
}
