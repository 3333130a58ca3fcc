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

/** The people of one department, who use one application, or more of the same sizes. */
export interface Workforce {
  /** Also the first letters of their names. */
  readonly department: string;
  readonly sizes: Sizes;
}

/** An account as the application has it before the hub comes. */
export interface PresentAccount {
  readonly userName: string;
  readonly externalId: string;
  readonly givenName: string;
  readonly familyName: string;
}

interface Person {
  readonly employeeId: string;
  readonly familyName: string;
  readonly department: string;
  readonly hasLeft: boolean;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** Everybody whom HR states. */
function peopleOf({ department, sizes }: Workforce): Person[] {
  const { matching, pairs, ghosts, newcomers } = sizes;
  const person = (name: string, familyName: string, hasLeft = false): Person => ({
    employeeId: `${department}-${name}`,
    familyName: `${department}-${familyName}`,
    department,
    hasLeft,
  });
  return [
    ...range(matching).map((n) => person(`m${n}`, `Family-m${n}`)),
    ...range(pairs).flatMap((n) => ['a', 'b'].map((one) => person(`p${n}${one}`, `Twin-${n}`))),
    ...range(ghosts).map((n) => person(`g${n}`, `Family-g${n}`, true)),
    ...range(newcomers).map((n) => person(`n${n}`, `Family-n${n}`)),
  ];
}

const emailOf = (employeeId: string): string => `${employeeId}@corp.example`;
/** Person 1 of those who have an account owns the applications, and person 2 does not. */
export const ownerOf = ({ department }: Workforce): string => `${department}-m1`;
export const strangerOf = ({ department }: Workforce): string => `${department}-m2`;

/** Every account that is there already. Their externalIds are those of another system. */
export function accountsOf({ department, sizes }: Workforce): PresentAccount[] {
  const { matching, outdated, ambiguous, pairs, services, ghosts } = sizes;
  const account = (name: string, userName: string, familyName: string): PresentAccount => ({
    userName,
    externalId: `legacy-${name}`,
    givenName: `Given-${department}-${name}`,
    familyName: `${department}-${familyName}`,
  });
  const own = (name: string, familyName: string): PresentAccount =>
    account(name, emailOf(`${department}-${name}`), familyName);
  return [
    ...range(matching).map((n) => own(`m${n}`, n <= outdated ? `Former-m${n}` : `Family-m${n}`)),
    ...range(ambiguous).map((n) => account(`x${n}`, `old-${n}`, `Twin-${(n % pairs) + 1}`)),
    ...range(services).map((n) => account(`s${n}`, `svc-${n}`, 'Service')),
    ...range(ghosts).map((n) => own(`g${n}`, `Family-g${n}`)),
  ];
}

/** HR's file. Who left did so long ago. */
export function hrFile(workforces: readonly Workforce[]): string {
  const lines = workforces.flatMap(peopleOf).map(({ employeeId, familyName, department, hasLeft }) => {
    const left = hasLeft ? '2019-06-30' : '';
    return [employeeId, `Given-${employeeId}`, familyName, emailOf(employeeId), department, '2015-01-05', left].join(
      ',',
    );
  });
  return `employeeId,givenName,familyName,email,department,hireDate,terminationDate\n${lines.join('\n')}\n`;
}
