import type { Grant } from '#libs/contracts/catalog.js';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { packageName } from './package-names.js';

/** A package, by its id, or an entitlement. */
export type SeparatedItem = string | Grant;

/** What nobody is to have together. */
export interface SeparationRule {
  readonly displayName: string;
  readonly left: readonly SeparatedItem[];
  /** Empty: to have something of `left` needs one of the controls. */
  readonly right: readonly SeparatedItem[];
  /** `prevent`: it is not given; `detect`: it is given, and listed as a finding. */
  readonly mode: 'prevent' | 'detect';
  /** Who has one of these may have both sides. */
  readonly compensatingControls: readonly SeparatedItem[];
  /** Who may grant exceptions: identity ids, or `package:<id>` for its holders. Empty: policy administrators. */
  readonly owners: readonly string[];
  /** ISO 8601 duration in which a finding has to be solved or excepted. */
  readonly dueIn: string;
}

/** Packages of one person that a rule separates; only one where it lacks a control, or grants both sides itself. */
export interface Conflict {
  readonly rule: string;
  readonly displayName: string;
  readonly packages: readonly string[];
}

/** Why a package is refused, for people. @param whoHas who has the rest, such as `the person has` */
export function conflictText(packageId: string, { rule, packages }: Conflict, whoHas: string): string {
  const others = packages.filter((one) => one !== packageId);
  return others.length === 0
    ? `rule ${rule} requires a control that is not held`
    : `${whoHas} ${others.join(', ')} (rule ${rule})`;
}

/** How long a finding may stay open where its rule says nothing. */
export const defaultDueIn = 'P30D';

interface Compiled {
  readonly rule: string;
  readonly document: Pick<SeparationRule, 'displayName' | 'mode' | 'dueIn' | 'owners'>;
  readonly left: ReadonlySet<string>;
  readonly right: ReadonlySet<string>;
  readonly controls: ReadonlySet<string>;
}

/** What a package makes a rule of. */
interface ExclusivePackage {
  readonly id: string;
  readonly displayName: string;
  readonly incompatibleWith: readonly string[];
  readonly owners: readonly string[];
}

/** All rules of separation of duties of one catalog, those of packages too. */
export class Separation {
  private readonly known = new Map<string, readonly string[]>();

  private constructor(
    private readonly rules: readonly Compiled[],
    /** Rules by what their left side names. */
    private readonly byLeft: ReadonlyMap<string, readonly Compiled[]>,
    private readonly meantBy: (packageId: string) => readonly SeparatedItem[],
  ) {}

  /** @param meantBy what a package is and grants, with what it includes */
  static of(
    documents: readonly { readonly id: string; readonly document: SeparationRule }[],
    packages: readonly ExclusivePackage[],
    meantBy: (packageId: string) => readonly SeparatedItem[],
  ): Separation {
    const rules = [...documents.map(compiled), ...packages.flatMap(compiledOfPackage)];
    const byLeft = new Map<string, Compiled[]>();
    for (const rule of rules) for (const name of rule.left) byLeft.set(name, [...(byLeft.get(name) ?? []), rule]);
    return new Separation(rules, byLeft, meantBy);
  }

  /** The same rules for somebody who does not have all that these packages mean to others. */
  forHolder(has: ReadonlyMap<string, readonly SeparatedItem[]>): Separation {
    if (has.size === 0 || this.isEmpty) return this;
    return new Separation(this.rules, this.byLeft, (id) => has.get(id) ?? this.meantBy(id));
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /** Every violation by somebody who has these packages, of rules of both modes. */
  among(packageIds: Iterable<string>): Conflict[] {
    if (this.isEmpty) return [];
    const held = [...new Set(packageIds)].map((id) => ({ id, names: this.namesOf(id) }));
    const rules = new Set(held.flatMap(({ names }) => names.flatMap((name) => this.byLeft.get(name) ?? [])));
    return [...rules].flatMap((rule) => {
      const having = (side: ReadonlySet<string>): string[] =>
        held.filter(({ names }) => names.some((name) => side.has(name))).map(({ id }) => id);
      const [left, right] = [having(rule.left), having(rule.right)];
      const apart = rule.right.size > 0 && right.length === 0;
      if (left.length === 0 || apart || having(rule.controls).length > 0) return [];
      const packages = [...new Set([...left, ...right])].sort();
      return [{ rule: rule.rule, displayName: rule.document.displayName, packages }];
    });
  }

  /** Why somebody who has the others is not to get this package too. @param excepted rules of which they have an exception */
  conflictsOf(packageId: string, others: Iterable<string>, excepted: ReadonlySet<string>): Conflict[] {
    return this.prevented([...others, packageId], excepted).filter(({ packages }) => packages.includes(packageId));
  }

  /** Violations of rules that prevent. */
  prevented(packageIds: Iterable<string>, excepted: ReadonlySet<string>): Conflict[] {
    return this.among(packageIds).filter(
      ({ rule }) => !excepted.has(rule) && this.find(rule)?.document.mode === 'prevent',
    );
  }

  /** How long a finding of this rule may stay open. */
  dueIn(rule: string): string {
    return this.find(rule)?.document.dueIn ?? defaultDueIn;
  }

  /** Ids of the rules whose owners are such, those of packages too. */
  named(by: (owners: readonly string[]) => boolean): string[] {
    return this.rules.filter(({ document }) => by(document.owners)).map(({ rule }) => rule);
  }

  /** Does a side of this rule mean the package? */
  names(rule: string, packageId: string): boolean {
    const known = this.find(rule);
    return this.namesOf(packageId).some((name) => known?.left.has(name) === true || known?.right.has(name) === true);
  }

  /** Ids of the rules that name this package itself, on a side or as a control. */
  naming(packageId: string): string[] {
    const name = nameOf(packageId);
    const named = this.rules.filter(
      ({ left, right, controls }) => left.has(name) || right.has(name) || controls.has(name),
    );
    return named.map(({ rule }) => rule).sort();
  }

  /** A rule, one of a package too. */
  find(rule: string): Compiled | undefined {
    return this.rules.find((one) => one.rule === rule);
  }

  /** Packages that a side or a control of this rule means. */
  packagesOf({ left, right, compensatingControls }: SeparationRule, packageIds: Iterable<string>): string[] {
    const named = new Set([...left, ...right, ...compensatingControls].map(nameOf));
    return [...packageIds].filter((id) => this.namesOf(id).some((name) => named.has(name)));
  }

  /** Rules that prevent anybody from having this package at all. */
  separatingItself(packageId: string): string[] {
    return this.prevented([packageId], new Set())
      .map(({ rule }) => rule)
      .filter((rule) => (this.find(rule)?.right.size ?? 0) > 0);
  }

  /** Of these packages those that a rule separates from themselves. */
  onBothSides({ left, right }: SeparationRule, packageIds: Iterable<string>): string[] {
    const [one, other] = [named(left), named(right)];
    return [...packageIds].filter((id) => {
      const names = this.namesOf(id);
      return names.some((name) => one.has(name)) && names.some((name) => other.has(name));
    });
  }

  private namesOf(packageId: string): readonly string[] {
    const known = this.known.get(packageId);
    if (known !== undefined) return known;
    const names = [...new Set(this.meantBy(packageId).map(nameOf))];
    this.known.set(packageId, names);
    return names;
  }
}

/** Equal for the same package or entitlement. */
export const nameOf = (item: SeparatedItem): string =>
  typeof item === 'string' ? `package ${item}` : `${item.application} ${entitlementKey(item)}`;

function compiled({ id, document }: { readonly id: string; readonly document: SeparationRule }): Compiled {
  const { left, right, compensatingControls } = document;
  return { rule: id, document, left: named(left), right: named(right), controls: named(compensatingControls) };
}

function compiledOfPackage({ id, displayName, incompatibleWith, owners }: ExclusivePackage): Compiled[] {
  const others = incompatibleWith.filter((other) => other !== id);
  if (others.length === 0) return [];
  const document = { displayName: `${displayName}: incompatible packages`, mode: 'prevent', owners } as const;
  return [
    {
      // A rule that a package makes by `incompatibleWith` is named after it.
      rule: packageName(id),
      document: { ...document, dueIn: defaultDueIn },
      left: named([id]),
      right: named(others),
      controls: new Set(),
    },
  ];
}

const named = (items: readonly SeparatedItem[]): Set<string> => new Set(items.map(nameOf));
