import type { Grant } from '#libs/contracts/catalog.js';
import { entitlementKey, isAccount } from '#libs/contracts/entitlement.js';
import { FilterSet } from '#libs/scim/filter/filter-set.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { later } from '#libs/text/duration.js';
import {
  type AccessPackage,
  type Application,
  type BirthrightRule,
  type CatalogDocuments,
  type CatalogKind,
  isLive,
  type Versioned,
} from './documents.js';
import { foundGrant, foundTitle } from './found-package.js';
import { Inclusion } from './inclusion.js';
import { Moves, type MoverRule } from './movers.js';
import { type NameRule, NameRules } from './name-rules.js';
import { latest, type Origin } from './origin.js';
import { Owners } from './owners.js';
import {
  foreseenVersion,
  noReach,
  type PackageReach,
  type PackageVersion,
  PackageVersions,
  type Reached,
  releasedIn,
  type VersionRelease,
} from './package-versions.js';
import { packageMeantBy } from './package-names.js';
import { Separation, type SeparationRule } from './separation.js';
import { type Workflow, Workflows } from './workflows.js';
import { identityKeys } from '../identities/identities.exports.js';

export interface CatalogEntry {
  readonly kind: CatalogKind;
  readonly id: string;
  readonly version: number;
  readonly document: CatalogDocuments[CatalogKind];
  /** See {@link Origins}. */
  readonly gives?: Origin | null;
  readonly grants?: Origin | null;
  readonly separates?: Origin | null;
  /** Of a package whose versions do not all reach all holders. */
  readonly reach?: PackageReach | null;
  readonly release?: VersionRelease | null;
}

/** An object of the catalog in an answer; without a name if it is unknown. */
export interface Titled {
  readonly id: string;
  readonly displayName: string | null;
}

/** A birthright rule, as far as it gives packages. */
interface GivingRule {
  readonly id: string;
  readonly packages: readonly string[];
  /** From when on it gives nothing privileged; null: no end. */
  readonly privilegedUntil: string | null;
}

/** A package that a rule gives; with an end, where the exception ends that allows it. */
export interface GivenByRule {
  readonly packageId: string;
  readonly packageVersion: number;
  readonly rule: string;
  readonly until?: string;
}

/** The catalog at one version. A decision under it is refused if the version has changed. */
export class CatalogSnapshot {
  readonly applications = new Map<string, Versioned<Application>>();
  private readonly packages = new Map<string, Versioned<AccessPackage>>();
  private readonly rules: FilterSet<GivingRule>;
  /** Which packages contain which. */
  readonly inclusion = new Inclusion(this.packages);
  /** Who owns applications and packages. */
  readonly owners = new Owners(this.applications, this.packages, (id) => this.applicationsOf(id));
  /** What nobody is to have together. */
  readonly separation: Separation;
  /** Which versions of packages their holders have. */
  readonly versions: PackageVersions;
  /** What is no move. */
  readonly moves: Moves;
  /** What happens to people who join, move or leave, besides what rules do. */
  readonly workflows: Workflows;
  /** How user names are made. */
  readonly names: NameRules;
  private readonly moverRules: readonly { readonly filter: Filter | null; readonly document: MoverRule }[];
  private readonly eligibility = new Map<string, Filter>();
  private readonly granted = new Map<string, readonly Grant[]>();
  private readonly byId: ReadonlyMap<string, CatalogEntry>;

  constructor(
    readonly version: number,
    private readonly entries: readonly CatalogEntry[],
    /** The attributes of people that each connector reads; null for all of them. */
    private readonly sources: ReadonlyMap<string, readonly string[] | null> = new Map(),
  ) {
    this.byId = new Map(entries.map((entry) => [`${entry.kind} ${entry.id}`, entry]));
    const rules: Versioned<BirthrightRule>[] = [];
    const separations: Versioned<SeparationRule>[] = [];
    const movers: Versioned<MoverRule>[] = [];
    const names: Versioned<NameRule>[] = [];
    const workflows: Versioned<Workflow>[] = [];
    for (const { kind, id, version: entryVersion, document } of entries) {
      // The kind tells which document it is.
      if (kind === 'application')
        this.applications.set(id, { id, version: entryVersion, document: document as Application });
      else if (kind === 'access-package')
        this.packages.set(id, { id, version: entryVersion, document: document as AccessPackage });
      else if (kind === 'birthright-rule')
        rules.push({ id, version: entryVersion, document: document as BirthrightRule });
      else if (kind === 'separation-rule')
        separations.push({ id, version: entryVersion, document: document as SeparationRule });
      else if (kind === 'name-rule') names.push({ id, version: entryVersion, document: document as NameRule });
      else if (kind === 'workflow') workflows.push({ id, version: entryVersion, document: document as Workflow });
      else movers.push({ id, version: entryVersion, document: document as MoverRule });
    }
    const exclusive = [...this.packages.values()].map(({ id, document }) => ({ id, ...document }));
    this.separation = Separation.of(separations, exclusive, (id) => [
      ...this.inclusion.withIncluded(id),
      ...this.grantsOf(id),
    ]);
    this.versions = new PackageVersions(new Map(entries.flatMap(versionsIn)), (id) => this.inclusion.withIncluded(id));
    this.workflows = new Workflows(workflows);
    this.moves = new Moves(movers.flatMap(({ document }) => document.renames));
    this.names = new NameRules(
      names.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ document }) => document),
      identityKeys,
    );
    this.moverRules = movers
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ document }) => ({ document, filter: document.filter === null ? null : parseFilter(document.filter) }));
    this.rules = new FilterSet(
      rules
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ id, document: { filter, packages, privilegedExceptionUntil: privilegedUntil } }) => ({
          filter: parseFilter(filter),
          value: { id, packages, privilegedUntil },
        })),
      identityKeys,
    );
  }

  /** Every document, as it stands. */
  get documents(): readonly CatalogEntry[] {
    return this.entries;
  }

  /** The fact by which a rule gives what it gives, or a package can be given. */
  givenBy(kind: 'birthright-rule' | 'access-package', id: string): Origin | null {
    return this.entry(kind, id)?.gives ?? null;
  }

  /** The fact by which a rule separates what it separates, also one that a package makes by `incompatibleWith`. */
  separatedBy(rule: string): Origin | null {
    const packageId = packageMeantBy(rule);
    return packageId === null
      ? (this.entry('separation-rule', rule)?.gives ?? null)
      : (this.entry('access-package', packageId)?.separates ?? null);
  }

  /** The fact by which a package grants what it grants. */
  grantedBy(packageId: string): Origin | null {
    return latest(this.inclusion.withIncluded(packageId).map((id) => this.entry('access-package', id)?.grants ?? null));
  }

  titleOf(kind: CatalogKind, id: string): Titled {
    const found = kind === 'access-package' ? foundGrant(id) : null;
    if (found !== null) return { id, displayName: foundTitle(found, this.nameOfApplication(found.application)) };
    return { id, displayName: this.entry(kind, id)?.document.displayName ?? null };
  }

  private nameOfApplication(id: string): string {
    return this.applications.get(id)?.document.displayName ?? id;
  }

  /** A document as it stands. */
  documentOf<Kind extends CatalogKind>(kind: Kind, id: string): Versioned<CatalogDocuments[Kind]> | undefined {
    const found = this.entry(kind, id);
    return found === undefined ? undefined : { ...found, document: found.document as CatalogDocuments[Kind] };
  }

  /** The catalog as it would be with these documents, once what they add is released to all holders. */
  with(...changed: readonly Omit<CatalogEntry, 'version'>[]): CatalogSnapshot {
    const keyOf = ({ kind, id }: Pick<CatalogEntry, 'kind' | 'id'>): string => `${kind} ${id}`;
    const keys = new Set(changed.map(keyOf));
    const others = this.entries.filter((one) => !keys.has(keyOf(one)));
    const made = changed.map((one) => {
      const former = this.entry(one.kind, one.id);
      return {
        ...one,
        version: (former?.version ?? 0) + 1,
        ...(one.kind === 'access-package' && former !== undefined ? foreseenVersion(one, former) : {}),
      };
    });
    return new CatalogSnapshot(this.version + 1, [...others, ...made], this.sources);
  }

  /** Published packages that grant something in an application: those with the account first, then by id. */
  packagesGranting(application: string): Versioned<AccessPackage>[] {
    const isOfAccount = (id: string): boolean =>
      this.grantsOf(id).some((grant) => grant.application === application && isAccount(grant));
    const order = ({ id }: Versioned<AccessPackage>): string => `${isOfAccount(id) ? 0 : 1}${id}`;
    return [...this.packages.values()]
      .filter(({ id }) => this.applicationsOf(id).includes(application))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  /** Rules that name a package, by id. */
  rulesGiving(packageId: string): Versioned<BirthrightRule>[] {
    return this.entries
      .filter(({ kind }) => kind === 'birthright-rule')
      .map(({ id, version, document }) => ({ id, version, document: document as BirthrightRule }))
      .filter(({ document }) => document.packages.includes(packageId))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** A package as defined, drafts included. */
  accessPackage(id: string): Versioned<AccessPackage> | undefined {
    return this.packages.get(id);
  }

  /** In order of their ids. */
  publishedPackages(): Versioned<AccessPackage>[] {
    return [...this.packages.values()]
      .filter(({ document }) => document.status === 'published')
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Packages that give something, in order of their ids. */
  livePackages(): string[] {
    return [...this.packages.values()].flatMap(({ id, document }) => (isLive(document) ? [id] : [])).sort();
  }

  /** What a package grants now, with what it includes; nothing while it is a draft, retired or unknown. */
  grantsOf(packageId: string): readonly Grant[] {
    const known = this.granted.get(packageId);
    if (known !== undefined) return known;
    const found = foundGrant(packageId);
    if (found !== null) return [found];
    const all = this.inclusion.withIncluded(packageId).flatMap((id) => this.packages.get(id)?.document.grants ?? []);
    const grants = [...new Map(all.map((grant) => [JSON.stringify(grant), grant])).values()];
    this.granted.set(packageId, grants);
    return grants;
  }

  /** Does somebody else than the hub give and take what this application grants? */
  isManual(application: string): boolean {
    return (this.applications.get(application)?.document.provisionedBy ?? 'hub') !== 'hub';
  }

  /** The attributes of people that an application is told of; null for all of them: its connector has not said what it reads. */
  sourcesOf(application: string): readonly string[] | null {
    const document = this.applications.get(application)?.document;
    if (document === undefined) return null;
    return document.connectorId === null ? [] : this.readBy(document.connectorId);
  }

  /** The attributes of people that a connector reads; null for all of them. */
  readBy(connector: string): readonly string[] | null {
    return this.sources.get(connector) ?? null;
  }

  /** Applications that a connector serves. */
  servedBy(connector: string): string[] {
    return [...this.applications.values()]
      .filter(({ document }) => document.connectorId === connector)
      .map(({ id }) => id)
      .sort();
  }

  /** Privileged entitlements that a package grants, with what it includes. */
  privilegedIn(packageId: string): readonly Grant[] {
    return this.grantsOf(packageId).filter((grant) => {
      const described = this.applications.get(grant.application)?.document.entitlements ?? [];
      const key = entitlementKey(grant);
      return described.some((one) => one.privileged && entitlementKey(one) === key);
    });
  }

  /** What somebody has of a package who has these versions of it, and of what it includes. */
  grantsTo(packageId: string, reached: Reached): readonly Grant[] {
    if (!this.versions.differs(packageId)) return this.grantsOf(packageId);
    return this.versions.meantTo(packageId, reached).filter((item) => typeof item !== 'string');
  }

  /** The rules of separation of duties for somebody who has these versions of packages. */
  separationFor(held: readonly { readonly packageId: string; readonly reached: Reached }[]): Separation {
    const partly = held.filter(({ packageId, reached }) => this.versions.lacking(packageId, reached).length > 0);
    return this.separation.forHolder(
      new Map(partly.map(({ packageId, reached }) => [packageId, this.versions.meantTo(packageId, reached)])),
    );
  }

  /** The catalog as it would be if an owner released the newest version of a package. */
  withReleased(packageId: string, by: string): CatalogSnapshot {
    return new CatalogSnapshot(this.version + 1, releasedIn(this.entries, packageId, by), this.sources);
  }

  applicationsOf(packageId: string): string[] {
    return [...new Set(this.grantsOf(packageId).map(({ application }) => application))];
  }

  /**
   * Packages that rules give to an identity, each by the first rule (in order of their ids) that does.
   * @param at without it, also what an exception that has ended allowed
   */
  birthrightsOf(resource: object, at?: string): GivenByRule[] {
    const given = new Map<string, GivenByRule>();
    for (const rule of this.rules.matching(resource)) {
      for (const named of rule.packages) {
        const one = this.givenNow(rule, named, at);
        if (one !== null && !given.has(one.packageId)) given.set(one.packageId, one);
      }
    }
    return [...given.values()];
  }

  /** What a rule gives by a package that it names. */
  private givenNow(rule: GivingRule, named: string, at: string | undefined): GivenByRule | null {
    const packageId = this.successorOf(named) ?? named;
    const known = this.packages.get(packageId);
    if (known === undefined || !isLive(known.document)) return null;
    const until = this.exceptionEnd(rule, packageId);
    if (until !== null && at !== undefined && until <= at) return null;
    const terms = { packageId, packageVersion: known.version, rule: rule.id };
    return until === null ? terms : { ...terms, until };
  }

  /** From when on a rule does not give a package any more, because that grants something privileged; null: no end. */
  exceptionEnd({ privilegedUntil }: Pick<GivingRule, 'privilegedUntil'>, packageId: string): string | null {
    return privilegedUntil !== null && this.privilegedIn(packageId).length > 0 ? privilegedUntil : null;
  }

  /** The package to which the holders of a retired one move, however often that was retired, too; null for none. */
  successorOf(packageId: string): string | null {
    const { status, successor } = this.packages.get(packageId)?.document ?? { status: 'published', successor: null };
    if (status !== 'retired' || successor === null) return null;
    const last = this.packages.get(successor)?.document;
    if (last === undefined) return null;
    return last.status === 'retired' ? this.successorOf(successor) : successor;
  }

  /** Until when somebody keeps what a rule gave who no longer matches it; null: not at all. */
  graceUntil({ rule, packageId }: { readonly rule: string; readonly packageId: string }, at: string): string | null {
    const document = this.documentOf('birthright-rule', rule)?.document;
    if (document === undefined || document.graceDays === 0 || !document.packages.includes(packageId)) return null;
    return this.inclusion.withIncluded(packageId).length === 0 ? null : later(at, `P${document.graceDays}D`);
  }

  /** The first rule for movers (in order of their ids) whose filter matches; null for none: requested access is kept. */
  moverRule(resource: object): MoverRule | null {
    const found = this.moverRules.find(({ filter }) => filter === null || matches(filter, resource, identityKeys));
    return found?.document ?? null;
  }

  isEligible(packageId: string, resource: object): boolean {
    const text = this.packages.get(packageId)?.document.eligibility ?? null;
    if (text === null) return true;
    let filter = this.eligibility.get(packageId);
    if (filter === undefined) {
      filter = parseFilter(text);
      this.eligibility.set(packageId, filter);
    }
    return matches(filter, resource, identityKeys);
  }

  private entry(kind: CatalogKind, id: string): CatalogEntry | undefined {
    return this.byId.get(`${kind} ${id}`);
  }
}

const versionsIn = ({ kind, id, document, reach, release }: CatalogEntry): [string, PackageVersion][] =>
  kind === 'access-package'
    ? [[id, { document: document as AccessPackage, reach: reach ?? noReach, release: release ?? null }]]
    : [];
