/** How many accounts and people of each kind there are when an application is connected. */
export interface Sizes {
  /** Accounts of one person each. */
  readonly matching: number;
  /** Those among them that have another family name than HR states. */
  readonly outdated: number;
  /** Accounts that may be of either of two people, who have no other. */
  readonly ambiguous: number;
  readonly pairs: number;
  readonly services: number;
  /** Usable accounts of people who left. */
  readonly ghosts: number;
  /** People who have no account yet. */
  readonly newcomers: number;
}

/** An account as the application has it before the hub comes. */
export interface PresentAccount {
  readonly userName: string;
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
}

export interface Person {
  readonly employeeId: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly hasLeft: boolean;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
const person = (kind: string, familyName: string, hasLeft = false): Person => ({
  employeeId: kind,
  givenName: `Given-${kind}`,
  familyName,
  hasLeft,
});

/** Everybody whom HR states. */
export function peopleOf({ matching, pairs, ghosts, newcomers }: Sizes): Person[] {
  return [
    ...range(matching).map((n) => person(`m${n}`, `Family-m${n}`)),
    ...range(pairs).flatMap((n) => ['a', 'b'].map((one) => person(`p${n}${one}`, `Twin-${n}`))),
    ...range(ghosts).map((n) => person(`g${n}`, `Family-g${n}`, true)),
    ...range(newcomers).map((n) => person(`n${n}`, `Family-n${n}`)),
  ];
}

const emailOf = (employeeId: string): string => `${employeeId}@corp.example`;

/** Every account that is there already. Their externalIds are those of another system. */
export function accountsOf({ matching, outdated, ambiguous, pairs, services, ghosts }: Sizes): PresentAccount[] {
  const account = (name: string, userName: string, familyName: string): PresentAccount => ({
    userName,
    externalId: `legacy-${name}`,
    givenName: `Given-${name}`,
    familyName,
  });
  return [
    ...range(matching).map((n) => account(`m${n}`, emailOf(`m${n}`), n <= outdated ? `Former-m${n}` : `Family-m${n}`)),
    ...range(ambiguous).map((n) => account(`x${n}`, `old-${n}`, `Twin-${(n % pairs) + 1}`)),
    ...range(services).map((n) => account(`s${n}`, `svc-${n}`, 'Service')),
    ...range(ghosts).map((n) => account(`g${n}`, emailOf(`g${n}`), `Family-g${n}`)),
  ];
}

/** HR's file. Who left did so long ago. */
export function hrFile(people: readonly Person[]): string {
  const lines = people.map(({ employeeId, givenName, familyName, hasLeft }) =>
    [employeeId, givenName, familyName, emailOf(employeeId), '2015-01-05', hasLeft ? '2019-06-30' : ''].join(','),
  );
  return `employeeId,givenName,familyName,email,hireDate,terminationDate\n${lines.join('\n')}\n`;
}
