import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { CatalogSnapshot, Titled } from '../policy/policy.exports.js';
import type { NamedPerson } from '../names/names.exports.js';
import type { AssignmentExplanation, EndedExplanation, Explanation } from './explanation.js';
import type { LaterStep } from './later-steps.js';
import type { Link } from './link.js';

/** A step with the person who took it; null if it was no person. */
export type NamedLink = Link & { readonly person: NamedPerson | null };
type Named<T extends { readonly chain: readonly Link[] }> = Omit<T, 'chain' | 'package'> & {
  readonly chain: readonly NamedLink[];
};
export type NamedPackageVersion = Titled & { readonly version: number };
export type NamedApproval = AssignmentExplanation['approvals'][number] & { readonly person: NamedPerson };
export type NamedLaterStep = Omit<LaterStep, 'chain' | 'versions'> & {
  readonly versions: readonly NamedPackageVersion[];
  readonly chain: readonly NamedLink[];
};
export type NamedAssignmentExplanation = Omit<Named<AssignmentExplanation>, 'approvals' | 'later'> & {
  readonly later: readonly NamedLaterStep[];
  readonly package: NamedPackageVersion;
  readonly approvals: readonly NamedApproval[];
};
export type NamedEndedExplanation = Named<EndedExplanation> & { readonly package: NamedPackageVersion };
export type NamedEntitlement = EntitlementFields & { readonly because: readonly NamedAssignmentExplanation[] };

/** An explanation with the names of the people, packages and the application in it, beside their ids. */
export type NamedExplanation = Omit<Named<Explanation>, 'entitlements' | 'shouldHaveEnded'> & {
  readonly person: NamedPerson;
  /** Null where the catalog has no such application any more. */
  readonly applicationName: string | null;
  readonly entitlements: readonly NamedEntitlement[];
  readonly shouldHaveEnded: readonly NamedEndedExplanation[];
};

const personPrefix = 'identity/';
const personOf = ({ actor }: Link): string | null =>
  actor?.startsWith(personPrefix) === true ? actor.slice(personPrefix.length) : null;

/** Ids of all people in an explanation. */
export function peopleIn({ entitlements, shouldHaveEnded, chain }: Explanation): (string | null)[] {
  const because = entitlements.flatMap((one) => one.because);
  const later = because.flatMap((one) => one.later);
  const links = [chain, ...[...because, ...later, ...shouldHaveEnded].map((one) => one.chain)].flat();
  return [...links.map(personOf), ...because.flatMap(({ approvals }) => approvals.map(({ approver }) => approver))];
}

export function namedExplanation(
  explanation: Explanation,
  person: (id: string) => NamedPerson,
  catalog: CatalogSnapshot,
): NamedExplanation {
  const chained = (chain: readonly Link[]): NamedLink[] =>
    chain.map((link) => {
      const id = personOf(link);
      return { ...link, person: id === null ? null : person(id) };
    });
  const packaged = ({ id, version }: AssignmentExplanation['package']): NamedPackageVersion => ({
    ...catalog.titleOf('access-package', id),
    version,
  });
  return {
    ...explanation,
    person: person(explanation.identity),
    applicationName: catalog.titleOf('application', explanation.application).displayName,
    entitlements: explanation.entitlements.map((entitlement) => ({
      ...entitlement,
      because: entitlement.because.map((one) => ({
        ...one,
        package: packaged(one.package),
        later: one.later.map((step) => ({
          ...step,
          versions: step.versions.map(packaged),
          chain: chained(step.chain),
        })),
        approvals: one.approvals.map((approval) => ({ ...approval, person: person(approval.approver) })),
        chain: chained(one.chain),
      })),
    })),
    shouldHaveEnded: explanation.shouldHaveEnded.map((one) => ({
      ...one,
      package: packaged(one.package),
      chain: chained(one.chain),
    })),
    chain: chained(explanation.chain),
  };
}
