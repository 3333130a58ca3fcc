/**
 * What everybody should have, computed by brute force from a world in plain words. It imports nothing of the product: a
 * filter is a function here, and the text that the hub reads stands beside it.
 */

export interface OraclePerson {
  readonly employeeId: string;
  readonly department: string;
  readonly status: 'active' | 'on-leave' | 'left';
}

export interface OraclePackage {
  readonly id: string;
  readonly grants: readonly { readonly application: string; readonly account?: true; readonly group?: string }[];
  readonly suspendOnLeave?: boolean;
  readonly incompatibleWith?: readonly string[];
}

export interface OracleRule {
  readonly id: string;
  readonly filter: string;
  readonly matches: (person: OraclePerson) => boolean;
  readonly packages: readonly string[];
}

export interface OracleWorld {
  readonly people: readonly OraclePerson[];
  readonly packages: readonly OraclePackage[];
  readonly rules: readonly OracleRule[];
}

/** Each entitlement of each person, as `1001 wiki account` or `1001 wiki group Editors`. */
export function accessIn(world: OracleWorld): Set<string> {
  const all = new Set<string>();
  for (const person of world.people) {
    const held = heldBy(person, world);
    const giving = held.filter((one) => !(person.status === 'on-leave' && one.suspendOnLeave === true));
    for (const { application, group } of giving.flatMap((one) => one.grants)) {
      // A group gives the account that it needs.
      all.add(`${person.employeeId} ${application} account`);
      if (group !== undefined) all.add(`${person.employeeId} ${application} group ${group}`);
    }
  }
  return all;
}

/** What the second has and the first has not, in order. */
export const without = (first: ReadonlySet<string>, second: ReadonlySet<string>): string[] =>
  [...second].filter((one) => !first.has(one)).sort();

/** By the rules in order of their ids; a package that may not be held beside one held already is left out. */
function heldBy(person: OraclePerson, { packages, rules }: OracleWorld): OraclePackage[] {
  if (person.status === 'left') return [];
  const held: OraclePackage[] = [];
  const inOrder = [...rules].sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const rule of inOrder.filter((one) => one.matches(person)))
    for (const id of rule.packages) {
      const found = packages.find((one) => one.id === id);
      if (found === undefined || held.includes(found)) continue;
      const excludes = (one: OraclePackage, other: OraclePackage): boolean =>
        one.incompatibleWith?.includes(other.id) === true;
      if (!held.some((one) => excludes(one, found) || excludes(found, one))) held.push(found);
    }
  return held;
}
