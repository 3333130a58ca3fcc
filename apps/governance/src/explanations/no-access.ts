import { firstFailure, type FilterFailure } from '#libs/scim/filter/first-failure.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import type { Access, PlannedStep } from '../assignments/assignments.exports.js';
import type { AccessPackage, BirthrightRule, CatalogSnapshot, Versioned } from '../policy/policy.exports.js';
import { identityKeys, type KnownIdentity } from '../identities/identities.exports.js';
import { filterResourceOf } from '../people/people.exports.js';

interface Titled {
  readonly id: string;
  readonly displayName: string;
}

/** A condition for access that is not fulfilled. */
export interface Unmet {
  /** A filter, or the name of the required condition. */
  readonly condition: string;
  /** The attribute that a filter reads; null for other conditions, and where it reads several. */
  readonly attribute: string | null;
  readonly saw: unknown;
}

/** A rule that gives a package, and why not to this person. */
export type UnmetRule = Unmet & { readonly rule: Titled };

/** A package that grants in the application and that the person does not hold. */
export interface PackageNotHeld {
  readonly package: Titled;
  readonly rules: readonly UnmetRule[];
  /** Why they may not request it; null if they may. */
  readonly request: Unmet | null;
}

/** Why somebody has no access: the first condition that fails, in words too, and each package that would give it. */
export type NoAccess = Unmet & { readonly detail: string; readonly packages: readonly PackageNotHeld[] };

/** The conditions in the order in which access needs them: to be employed, a package that grants it, to hold it. */
export function whyNoAccess(
  application: string,
  identity: KnownIdentity,
  access: Pick<Access, 'assignments' | 'exceptions' | 'exclusions' | 'workflows'>,
  catalog: CatalogSnapshot,
  at: string,
): NoAccess {
  const granting = catalog.packagesGranting(application);
  const resource = filterResourceOf(identity);
  const held = new Set(access.assignments.map(({ packageId }) => packageId));
  const excepted = new Set(access.exceptions.map(({ rule }) => rule));
  const excludes = (id: string): string[] => [
    ...new Set(
      catalog
        .separationFor(access.assignments)
        .conflictsOf(id, held, excepted)
        .flatMap(({ rule, packages: both }) => {
          const others = both.filter((one) => one !== id);
          return others.length > 0 ? others : [rule];
        }),
    ),
  ];
  const excluded = (id: string): string | null =>
    access.exclusions.find(({ packageId }) => packageId === id)?.until ?? null;
  const packages = granting
    .filter(({ id }) => !held.has(id))
    .map((one) =>
      notHeld(one, catalog.rulesGiving(one.id), resource, {
        others: excludes(one.id),
        until: excluded(one.id),
        ended: (rule) => exceptionEnded(rule, one.id, catalog, at),
      }),
    );
  const status = { condition: 'status ne "inactive"', attribute: 'status', saw: identity.status };
  if (identity.lockedDown === true) return noAccess(status, 'security has locked the person down', packages);
  if (identity.status === 'inactive') return noAccess(status, 'the person is inactive', packages);
  const disabling = access.workflows.acting.find(({ step }) => step.action === 'disable');
  if (disabling !== undefined) return noAccess(...disabledBy(disabling.step), packages);
  if (granting.length === 0) {
    const none = { condition: 'a published package grants something in the application', attribute: null, saw: [] };
    return noAccess(none, 'no published package grants anything in this application', packages);
  }
  const saw = granting.filter(({ id }) => held.has(id)).map(({ id }) => id);
  const given = catalog
    .birthrightsOf(resource, at)
    .some(({ packageId }) => granting.some(({ id }) => id === packageId));
  if (saw.length === 0 && !given) return noAccess(...firstUnmet(packages), packages);
  const waiting = access.assignments.find((one) => catalog.versions.lacking(one.packageId, one.reached).length > 0);
  if (waiting !== undefined && saw.includes(waiting.packageId)) {
    const { packageId, reached } = waiting;
    const lacking = catalog.versions.lacking(packageId, reached).join(', ');
    const released = { condition: 'the version that grants it has reached its holder', attribute: null, saw: reached };
    const detail = `the newest version of ${lacking} has not reached the person: an owner has not released it, or GET /governance/v1/withheld-versions says why`;
    return noAccess(released, detail, packages);
  }
  const applied = { condition: 'the newest rules and packages are applied', attribute: null, saw };
  return noAccess(applied, 'a change of a rule or package is being applied', packages);
}

/** A workflow has disabled everything before the person leaves. */
const disabledBy = ({ workflow, offsetDays }: PlannedStep): [Unmet, string] => [
  { condition: 'no workflow has disabled the accounts', attribute: null, saw: workflow },
  `workflow ${workflow} disabled all accounts ${Math.abs(offsetDays)} days before the end of access`,
];

const noAccess = (unmet: Unmet, detail: string, packages: readonly PackageNotHeld[]): NoAccess => ({
  ...unmet,
  detail,
  packages,
});

function notHeld(
  { id, document }: Versioned<AccessPackage>,
  rules: readonly Versioned<BirthrightRule>[],
  resource: object,
  prevented: {
    readonly others: readonly string[];
    readonly until: string | null;
    readonly ended: (rule: BirthrightRule) => Unmet | null;
  },
): PackageNotHeld {
  const excluded =
    prevented.others.length === 0
      ? null
      : { condition: 'no incompatible package is held', attribute: null, saw: prevented.others };
  const revoked =
    prevented.until === null
      ? null
      : { condition: 'nobody has revoked it for this time', attribute: null, saw: prevented.until };
  return {
    package: { id, displayName: document.displayName },
    rules: rules.flatMap(({ id: ruleId, document: rule }) => {
      const failed =
        firstFailure(parseFilter(rule.filter), resource, identityKeys) ?? prevented.ended(rule) ?? revoked ?? excluded;
      return failed === null ? [] : [{ rule: { id: ruleId, displayName: rule.displayName }, ...failed }];
    }),
    request: unmetRequest(document, resource) ?? excluded,
  };
}

/** The rule gives the package no more, because its exception for what is privileged has ended. */
function exceptionEnded(
  { privilegedExceptionUntil }: BirthrightRule,
  packageId: string,
  catalog: CatalogSnapshot,
  at: string,
): Unmet | null {
  const until = catalog.exceptionEnd({ privilegedUntil: privilegedExceptionUntil }, packageId);
  if (until === null || at < until) return null;
  return { condition: 'the privileged exception of the rule lasts', attribute: null, saw: until };
}

function unmetRequest({ requestFor, eligibility }: AccessPackage, resource: object): Unmet | null {
  if (requestFor === null) return { condition: 'the package can be requested', attribute: 'requestFor', saw: null };
  const failed: FilterFailure | null =
    eligibility === null ? null : firstFailure(parseFilter(eligibility), resource, identityKeys);
  return failed;
}

/** For the first package: the first condition of its first rule that fails; without a rule, why it may not be requested, or that nobody requested it. */
function firstUnmet([first]: readonly PackageNotHeld[]): [Unmet, string] {
  const rule = first?.rules[0];
  if (rule !== undefined) {
    const { rule: of, condition, attribute, saw } = rule;
    return [{ condition, attribute, saw }, `rule ${of.id} requires ${condition}; the value is ${JSON.stringify(saw)}`];
  }
  const id = first?.package.id ?? '';
  const request = first?.request ?? null;
  if (request !== null)
    return [
      request,
      `no rule gives ${id}; a request for it requires ${request.condition}; the value is ${JSON.stringify(request.saw)}`,
    ];
  const asked = { condition: 'an approved request', attribute: null, saw: null };
  return [asked, `no rule gives ${id}, and no request for it has been approved`];
}
