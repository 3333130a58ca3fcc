import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { Grant } from '#libs/contracts/catalog.js';
import {
  type AccessPackage,
  type BirthrightRule,
  type CatalogSnapshot,
  filledDocument,
  foundGrant,
  foundPackageId,
  foundPackagesOf,
} from '../policy/policy.exports.js';
import type { Suggestion } from './suggestion.js';
import { filterOf } from './suggest.js';

/** What taking up a suggestion defines. */
export interface ProposedDocuments {
  readonly packageId: string;
  /** Null where a package that gives the same is there already. */
  readonly accessPackage: AccessPackage | null;
  readonly rule: { readonly id: string; readonly document: BirthrightRule } | null;
}

/** What an entitlement of an application is called as the package of what was found. @param keys of entitlements */
export const foundPackagesOfKeys = (application: string, keys: readonly string[]): string[] =>
  keys.map((key) => `${foundPackagesOf(application)}${key}`);

/** What a suggestion gives. */
export const grantsIn = (application: string, { entitlements }: Pick<Suggestion, 'entitlements'>): Grant[] =>
  foundPackagesOfKeys(application, entitlements).flatMap((id) => foundGrant(id) ?? []);

/** The package, and the rule if there is one, by which people have what a suggestion explains. @param id of the suggestion */
export function documentsOf(
  {
    id,
    application,
    suggestion,
  }: { readonly id: string; readonly application: string; readonly suggestion: Suggestion },
  catalog: CatalogSnapshot,
): ProposedDocuments {
  const grants = grantsIn(application, suggestion);
  const own = `found-${id.replaceAll('-', '').slice(0, 16)}`;
  const known = sameAs(grants, application, catalog);
  const packageId = known ?? own;
  const title = titleOf(grants, catalog.titleOf('application', application).displayName ?? application);
  const description = 'Made from access that was found in the application';
  const document = filledDocument('access-package', { displayName: title, description, grants });
  const filter = filterOf(suggestion.conditions);
  const rule = filledDocument('birthright-rule', { displayName: title, filter, packages: [packageId] });
  return {
    packageId,
    accessPackage: known === null ? document : null,
    rule: suggestion.kind === 'access-package' ? null : { id: own, document: rule },
  };
}

/** A published package that gives just this to anybody without an end; null for none. */
function sameAs(grants: readonly Grant[], application: string, catalog: CatalogSnapshot): string | null {
  const keys = grants.map((grant) => foundPackageId(application, grant));
  const same = catalog.packagesGranting(application).find(({ id, document }) => {
    const given = catalog.grantsOf(id);
    return (
      document.status === 'published' &&
      [document.eligibility, document.maxDuration].every((limit) => limit === null) &&
      !document.suspendOnLeave &&
      given.length === grants.length &&
      given.every((grant) => keys.includes(foundPackageId(grant.application, grant)))
    );
  });
  return same?.id ?? null;
}

const longestTitle = 200;

function titleOf(grants: readonly Grant[], application: string): string {
  const names = grants.map((grant) => entitlementKey(grant).replace(':', ' '));
  const title = `${application}: ${names.join(', ')}`;
  return title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 1)}…`;
}
