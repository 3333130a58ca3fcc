/** What should be true of one person in the end. */
export interface Expected {
  readonly userName: string;
  readonly active: boolean;
  readonly groups: ReadonlySet<string>;
}

/** Names of the roles of an account in the application, once for each time that it was granted. */
export type RolesOf = (account: string) => readonly string[];

/** The role of everybody who is active. */
export const everybodysRole = 'Reader';

/** What the application holds. */
export interface Target {
  readonly users: readonly { readonly id: string; readonly userName?: string; readonly active?: boolean }[];
  readonly groups: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly members: readonly { readonly value: string }[];
  }[];
}

/** What is wrong with the application, each fault by its name; empty when everything is as it should be. */
export function problemsOf(
  people: readonly Expected[],
  { users, groups }: Target,
  rolesOf: RolesOf | null = null,
): string[] {
  const found: string[] = [];
  const byName = Map.groupBy(users, ({ userName }) => userName);
  for (const { userName, active, groups: wanted } of people) {
    const accounts = byName.get(userName) ?? [];
    byName.delete(userName);
    const [account] = accounts;
    if (account === undefined) {
      found.push(`missing account: ${userName}`);
      continue;
    }
    if (accounts.length > 1) found.push(`duplicate account: ${userName} has ${accounts.length}`);
    for (const one of accounts) {
      if (active !== (one.active !== false))
        found.push(active ? `not active: ${userName}` : `left but active: ${userName}`);
    }
    if (rolesOf !== null) found.push(...roleProblems({ userName, active }, rolesOf(account.id)));
    for (const group of groups) {
      const times = group.members.filter(({ value }) => value === account.id).length;
      if (times !== (wanted.has(group.displayName) ? 1 : 0))
        found.push(`membership: ${userName} is ${times} times in ${group.displayName}`);
    }
    for (const name of wanted)
      if (!groups.some((group) => group.displayName === name)) found.push(`missing group: ${name}`);
  }
  for (const [userName, accounts] of byName) found.push(`account of nobody: ${userName} has ${accounts.length}`);
  for (const [name, same] of Map.groupBy(groups, (group) => group.displayName))
    if (same.length > 1) found.push(`duplicate group: ${name} is there ${same.length} times`);
  return found;
}

function roleProblems({ userName, active }: Pick<Expected, 'userName' | 'active'>, held: readonly string[]): string[] {
  const wanted = active ? [everybodysRole] : [];
  return held.join() === wanted.join() ? [] : [`roles: ${userName} has [${held.join()}], and not [${wanted.join()}]`];
}
