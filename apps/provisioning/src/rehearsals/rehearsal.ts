import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { SeenExchange } from '#libs/outgoing/seen-exchange.js';

/** What a rehearsal does with its test account, in this order; each is read back. */
export const rehearsedSteps = [
  ...(['values', 'absent', 'create', 'update', 'group', 'role'] as const),
  ...(['disable', 'enable', 'delete'] as const),
] as const;
export type RehearsedName = (typeof rehearsedSteps)[number];

/** One step of a rehearsal, as it is shown. */
export interface RehearsedStep {
  readonly name: RehearsedName;
  /** `skipped`: nothing was named for it, or a step before failed. */
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** What the application answered and showed. */
  readonly detail: string;
  readonly requests: readonly SeenExchange[];
}

/** What the test account is to get besides; null for none. */
export interface RehearsedAccess {
  readonly group: string | null;
  readonly role: string | null;
}

/** Begins the user name of every test account. */
export const rehearsalMark = 'identity-hub-rehearsal-';

/** The user name of a rehearsal's account: nobody else has it. */
export const rehearsedName = (rehearsal: string, domain: string | null): string =>
  `${rehearsalMark}${rehearsal.replaceAll('-', '').slice(-12)}@${domain ?? 'example.com'}`;

/** Nobody: what a mapping reads of the test identity. @param attributes stated by who asked */
export function rehearsedPerson(
  rehearsal: string,
  userName: string,
  attributes: Readonly<Record<string, unknown>>,
): DesiredAccessMessage {
  const usual = {
    id: rehearsal,
    userName,
    email: userName,
    employeeId: rehearsal.replaceAll('-', '').slice(-12),
    givenName: 'Rehearsal',
    familyName: 'Identity Hub',
    displayName: 'Identity Hub rehearsal',
  };
  return {
    identity: rehearsal,
    application: '',
    status: 'active',
    accounts: [{ type: 'User', active: true, attributes: { ...usual, ...attributes }, packages: [], groups: [] }],
    entitlements: [],
  };
}

/** Attributes that a rehearsal does not change: they say whose an account is. */
const identifying = new Set(['userName', 'externalId', 'emails', 'active']);

/** The attribute that a rehearsal changes, with its new value; null where the mapping writes no text of which that is possible. */
export function changeOfRehearsal(written: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | null {
  const texts = Object.entries(written).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && !identifying.has(entry[0]) && !entry[0].startsWith('emails'),
  );
  const [path, value] = texts.find(([name]) => name === 'displayName') ?? texts[0] ?? [];
  return path === undefined || value === undefined ? null : { [path]: `${value} 2` };
}

/** All steps: those that were not reached were skipped. */
export function wholeRehearsal(steps: readonly RehearsedStep[]): readonly RehearsedStep[] {
  return rehearsedSteps.map(
    (name) =>
      steps.find((one) => one.name === name) ?? {
        name,
        outcome: 'skipped',
        detail: 'a step before it failed',
        requests: [],
      },
  );
}
