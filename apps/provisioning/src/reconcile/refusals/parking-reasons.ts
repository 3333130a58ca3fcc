import { entitlementKey, entitlementOf, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { attributesAwaited, awaitedWords, noRoom, removalHeld, type Step } from '../../accounts/accounts.exports.js';

/** How often an account for which there was no room is tried again, in milliseconds. */
const roomRetryMs = 3_600_000;

/** When an account that is parked so is tried again without a person; null for never. */
export function triedAgainAt({ code }: Pick<ParkingReason, 'code'>, now: string): string | null {
  return code === noRoom ? new Date(Date.parse(now) + roomRetryMs).toISOString() : null;
}

/** Why an account waits for a person, and what the person can do. */
export interface ParkingReason {
  readonly code: string;
  readonly detail: string;
}

/** Look-ups of an account whose creation got no answer, before it is parked. They are at most a minute apart. */
export const maxLookUps = 30;

export const creationUnconfirmed: ParkingReason = {
  code: 'creation-unsettled',
  detail:
    'the answer to its creation was lost, and searches do not show whether it was made: look for it in the application, disable it there, then dismiss this, or retry to search again',
};

export const disabledByHand: ParkingReason = {
  code: 'inactive',
  detail: 'somebody disabled the account in the application: retry to enable it again, or dismiss to leave it',
};

/** The application accepted a change, and never made it. */
export const notFinished: ParkingReason = {
  code: 'not-finished',
  detail:
    'the application accepted the change a day ago and has not made it: see there why, then retry to ask again, or dismiss this',
};

/** What the mapping reads of a person did not arrive. */
export function attributesMissing(sources: readonly string[]): ParkingReason {
  const detail = `${awaitedWords(sources)}; it has not come for a day: see the lag and the parked messages of governance, then retry`;
  return { code: attributesAwaited, detail };
}

/** Somebody else has each value that a target may get. */
export function noneIsFree(target: string): ParkingReason {
  const detail = `somebody else has, or had, each value that ${target} may get: add another one to SelectUniqueValue in the mapping, then retry`;
  return { code: 'no-unique-value', detail };
}

/** What the application was to make for an account is not there. */
export function notMade(rules: readonly { readonly target: string; readonly attribute: string }[]): ParkingReason {
  const what = rules.map(({ target, attribute }) => `${target} for ${attribute}`).join(', ');
  const detail = `the account is as desired, and the application shows no usable value at ${what} (pull): see there why it makes none, then retry to read again; or correct the rule, or dismiss this`;
  return { code: 'pull-missing', detail };
}

/** More accounts than the limit would lose access in an hour. */
export function heldBack(most: number): ParkingReason {
  const detail = `more than ${most} accounts of this connector would be disabled or deleted within an hour (accidentalDeletionThreshold): see whether that is meant, then POST …/held-removals/release, or correct what caused it`;
  return { code: removalHeld, detail };
}

/** Why a step of the plan is for a person. */
export function reasonOf(step: Extract<Step, { do: 'question' | 'refuse' | 'park' }>): ParkingReason {
  if (step.do === 'park') return { code: step.code, detail: step.detail };
  return step.do === 'question'
    ? renamedGroup(entitlementOf('', step.entitlement).name ?? '')
    : notGrantable(step.entitlement);
}

function renamedGroup(name: string): ParkingReason {
  const detail = `group ${name} has another name in the application now: give it the old name, or create a group of that name, then retry`;
  return { code: 'group-renamed', detail };
}

function notGrantable(entitlement: EntitlementFields): ParkingReason {
  const detail = `this connector cannot grant ${entitlementKey(entitlement)}: take it out of the package that grants it, then retry`;
  return { code: 'not-grantable', detail };
}
