import {
  type Access,
  type Changes,
  releaseSteps,
  type Step,
  type Withholding,
} from '../assignments/assignments.exports.js';
import type { CatalogSnapshot, Reached, VersionRelease } from '../policy/policy.exports.js';

type Assignment = Access['assignments'][number];
type Created = Changes['created'][number];

/** What decides whether a released version reaches one of its holders. */
interface Surroundings {
  readonly catalog: CatalogSnapshot;
  /** The person, as filters see them. */
  readonly resource: object;
  /** Rules from which the person has an exception. */
  readonly excepted: ReadonlySet<string>;
  readonly at: string;
}

/**
 * What the versions that owners have released add reaches those who hold the packages: each only if they are eligible, if no
 * rule of separation of duties forbids it, and if they have not released it themselves.
 * @param staying what they hold after all other changes @param created what begins now
 */
export function reachingVersions(
  { staying, created }: { readonly staying: readonly Assignment[]; readonly created: readonly Created[] },
  before: Access,
  around: Surroundings,
): { readonly steps: readonly Step[]; readonly created: readonly Created[] } {
  const { versions } = around.catalog;
  const beginning = created.map((one) => ({
    ...one,
    reached: one.reached ?? { [one.packageId]: one.packageVersion, ...versions.reachedToday(one.packageId) },
  }));
  const all = [...staying, ...beginning];
  if (all.every(({ packageId }) => !versions.differs(packageId)) && before.withheldVersions.length === 0)
    return { steps: [], created };
  const has = new Holding(all, around);
  return {
    steps: staying.flatMap((one) => [
      ...releaseSteps(
        one,
        versions.releasedBeyond(one.packageId, one.reached),
        (packageId, release) => has.reach(one, packageId, release),
        before,
        around.at,
      ),
      ...overSteps(one, before, around.catalog),
    ]),
    created: beginning.map((one) => {
      for (const { packageId, release } of versions.releasedBeyond(one.packageId, one.reached))
        has.reach(one, packageId, release);
      return { ...one, reached: has.of(one) };
    }),
  };
}

/** What is withheld of a version of which nothing is left. */
function overSteps(assignment: Assignment, before: Access, { versions }: CatalogSnapshot): Step[] {
  const released = versions.releasedBeyond(assignment.packageId, assignment.reached);
  const over = before.withheldVersions.filter(
    ({ assignmentId, packageId }) =>
      assignmentId === assignment.assignmentId && released.every((one) => one.packageId !== packageId),
  );
  if (over.length === 0) return [];
  const reached = Object.fromEntries(over.map(({ packageId, version }) => [packageId, version]));
  return [{ is: 'version-reached', assignment, reached }];
}

/** What the person has of each package, as one version after the other reaches them. */
class Holding {
  private readonly reached: Map<string, Reached>;

  constructor(
    private readonly all: readonly (Assignment | (Created & { readonly reached: Reached }))[],
    private readonly around: Surroundings,
  ) {
    this.reached = new Map(all.map((one) => [one.assignmentId, one.reached]));
  }

  of({ assignmentId }: { readonly assignmentId: string }): Reached {
    return this.reached.get(assignmentId) ?? {};
  }

  /** Lets a version reach the person, or says why it does not. */
  reach(one: Assignment | Created, packageId: string, release: VersionRelease): Withholding {
    if (release.by === one.identityId) return { code: 'own_release', because: [] };
    const { catalog, resource } = this.around;
    if (one.cause.type !== 'birthright' && !catalog.isEligible(one.packageId, resource))
      return { code: 'not_eligible', because: [] };
    const former = this.of(one);
    const known = new Set(this.conflictsOf(one).map(({ rule }) => rule));
    this.reached.set(one.assignmentId, { ...former, [packageId]: release.version });
    const brought = this.conflictsOf(one).filter(({ rule }) => !known.has(rule));
    if (brought.length === 0) return null;
    this.reached.set(one.assignmentId, former);
    return { code: 'incompatible', because: brought.map(({ rule, packages }) => ({ rule, packages })) };
  }

  private conflictsOf({ packageId, assignmentId }: { readonly packageId: string; readonly assignmentId: string }) {
    const { catalog, excepted } = this.around;
    const held = this.all.map((one) => ({ packageId: one.packageId, reached: this.of(one) }));
    const others = this.all.filter((one) => one.assignmentId !== assignmentId).map((one) => one.packageId);
    return catalog.separationFor(held).conflictsOf(packageId, others, excepted);
  }
}
