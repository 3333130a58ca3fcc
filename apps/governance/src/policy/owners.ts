import { foundGrant } from './found-package.js';
import { ownerNames } from './package-names.js';
import type { AccessPackage, Application, Versioned } from './documents.js';

/** Who owns applications and packages: identity ids, or `package:<id>` for its holders. */
export class Owners {
  /** @param applicationsOf where a package grants something */
  constructor(
    private readonly applications: ReadonlyMap<string, Versioned<Application>>,
    private readonly packages: ReadonlyMap<string, Versioned<AccessPackage>>,
    private readonly applicationsOf: (packageId: string) => readonly string[],
  ) {}

  /** Owners of these applications: identity ids, or `package:<id>` for its holders. */
  of(applications: readonly string[]): Set<string> {
    return new Set(applications.flatMap((id) => this.ownersIn(id)));
  }

  /** Applications that have one of these owners. */
  applicationsOwnedBy(names: readonly string[]): string[] {
    return [...this.applications.values()]
      .filter(({ document }) => document.owners.some((owner) => names.includes(owner)))
      .map(({ id }) => id);
  }

  /** Packages that somebody owns: as one of their owners, or, where they have none, as an owner of every application. */
  packagesOwnedBy(identityId: string, holds: readonly string[]): string[] {
    const names = ownerNames(identityId, holds);
    const isOne = (owners: readonly string[]): boolean => owners.some((owner) => names.includes(owner));
    return [...this.packages.values()]
      .filter(({ id, document: { owners, status, grants } }) => {
        if (owners.length > 0) return isOne(owners);
        // A draft grants nothing yet.
        const applications =
          status === 'draft' ? grants.map(({ application }) => application) : this.applicationsOf(id);
        return applications.length > 0 && applications.every((one) => isOne(this.ownersIn(one)));
      })
      .map(({ id }) => id);
  }

  /**
   * May somebody who owns things, and no more, draft this package? Every application in which it grants is theirs, every package that it includes, and the
   * package that is there, if it is there.
   */
  mayDraft(
    { id, document }: { readonly id: string; readonly document: Pick<AccessPackage, 'grants' | 'includes'> },
    identityId: string,
    holds: readonly string[],
  ): boolean {
    const applications = new Set(this.applicationsOwnedBy(ownerNames(identityId, holds)));
    const packages = new Set(this.packagesOwnedBy(identityId, holds));
    return (
      document.grants.length + document.includes.length > 0 &&
      document.grants.every(({ application }) => applications.has(application)) &&
      document.includes.every((one) => packages.has(one)) &&
      (packages.has(id) || !this.packages.has(id))
    );
  }

  /** Does somebody own the package: itself, or every application that it grants in? */
  isOwned(packageId: string): boolean {
    const known = this.packages.get(packageId);
    if (known !== undefined && known.document.owners.length > 0) return true;
    const applications = this.applicationsOf(packageId);
    return applications.length > 0 && applications.every((one) => this.ownersIn(one).length > 0);
  }

  /** Is somebody responsible for what was found in an application, as one of its owners? */
  ownsFound(packageId: string, identityId: string, holds: readonly string[]): boolean {
    const grant = foundGrant(packageId);
    if (grant === null) return false;
    const names = ownerNames(identityId, holds);
    return this.ownersIn(grant.application).some((owner) => names.includes(owner));
  }

  private ownersIn(application: string): readonly string[] {
    return this.applications.get(application)?.document.owners ?? [];
  }
}
