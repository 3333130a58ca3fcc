import { isDeepStrictEqual } from 'node:util';
import {
  entitlementKey,
  entitlementOf,
  type EntitlementFields,
  type EntitlementKind,
} from '#libs/contracts/entitlement.js';
import { takenBy } from '#libs/contracts/operation-effects.js';
import type { Account, Granted, Holding, OpenOperation } from './account-state.js';
import type { Attributes, OperationKind } from './account.events.js';
import { grantedWith, granting } from './entitlement-operations.js';
import { operate, type Operate } from './operate.js';
import type { Goal, Policy, Step } from './plan-terms.js';
import type { Handover } from './shared-name.js';
import { handover, removals, takingAway } from './taking-away.js';
import { attributeKey } from './uncertain.js';

/** The longest time after which a call with a broken connection may still have an effect, in milliseconds. */
export const lateEffectMs = 2_000;

/** The key of a removal step of one account, used to remember refused steps. */
export function stepKey({ kind, entitlement }: Pick<Operate, 'kind' | 'entitlement'>): string {
  return `${kind} ${entitlementKey(entitlement)}`;
}
const nothingRefused: ReadonlySet<string> = new Set();
const usual = {
  here: () => true,
  membership: () => 'held' as const,
  grants: (kind: EntitlementKind) => kind === 'group',
  givesUp: null,
  lookAgain: false,
};

/** The circumstances of a plan. */
export interface Surroundings {
  readonly nowMs: number;
  readonly overMs: number;
  readonly here?: (place: string | null) => boolean;
  readonly membership?: (granted: Granted) => 'held' | 'void' | 'in-question';
  readonly givesUp?: Handover | null;
  readonly grants?: (kind: EntitlementKind) => boolean;
  readonly lookAgain?: boolean;
}

/**
 * The next operation that brings an account closer to its goal, or what to do first. Only the present difference counts, not its history.
 *
 * @param overMs when the call of an operation, of which nothing was heard since its intent, can no longer be running
 * @param here whether what was found out at a place holds at the one that is called now
 * @param membership what has become of something that was granted under that id
 * @param grants which kinds of entitlements the application grants
 * @param lookAgain an account that counts as gone is looked for all the same
 * @param givesUp a userName that another person gets: an account that nobody may use gives it up
 * @param refused keys ({@link stepKey}) of changes that the application has just refused: everything else is done
 */
export function plan(
  goal: Goal,
  account: Account,
  policy: Policy,
  surroundings: Surroundings,
  refused = nothingRefused,
): Step {
  const { here, membership, grants, givesUp, lookAgain, ...clock } = { ...usual, ...surroundings };
  const { open } = account;
  if (open !== null)
    return open.lost?.ticket === undefined ? resolve(goal, open, clock) : promised(goal, open, account);
  if (isElsewhere(account, here, lookAgain)) return { do: 'find' };
  if (goal.active)
    return orAwaited(
      goal,
      account,
      orFault(goal, account, towardsActive(goal, account, { membership, grants }, refused)),
    );
  if (account.accountId === null) return unkeptStep(account, refused);
  const steps = [...takingAway(goal, account, policy, clock.nowMs), ...handover(account, givesUp)];
  return steps.find((step) => !refused.has(stepKey(step))) ?? { do: 'nothing' };
}

/** What is known of the account was found out at another place, or is doubted. */
function isElsewhere(
  { accountId, place, former }: Account,
  here: NonNullable<Surroundings['here']>,
  lookAgain: boolean,
): boolean {
  if (accountId !== null) return !here(place);
  return former !== null && (lookAgain || !here(former.place));
}

/** Without all its values an account is not created. One that is there gets what can be written, and is then parked. */
function orFault({ fault = null }: Goal, account: Account, next: Step): Step {
  if (fault === null || (next.do === 'operate' && account.accountId !== null) || next.do === 'question') return next;
  return { do: 'park', code: 'mapping-failed', detail: fault };
}

/** Nobody gets an account, or gets it back, by values or a scope that cannot be known yet. */
function orAwaited({ awaited }: Goal, { accountId }: Account, next: Step): Step {
  if (awaited === undefined) return next;
  const isOfAccount = next.do === 'operate' && (accountId === null || next.kind === 'enable-account');
  return next.do === 'operate' && !isOfAccount ? next : { do: 'await' };
}

/** Repeated without looking: doing it twice is the same as once. */
const repeatable = new Set<OperationKind>(['disable-account', 'delete-account', 'remove-member', 'revoke-role']);
/** Not awaited when the person should have no access. */
const overtakable = new Set<OperationKind>(['update-account', 'add-member', 'grant-role', 'enable-account']);
/** Looked up before it is repeated. */
const lookedFor = new Set<OperationKind>(['create-account', 'add-member', 'grant-role']);

/**
 * An operation without an outcome comes first: "absent" is accepted only when the first call can no longer be running.
 */
function resolve(goal: Goal, open: OpenOperation, { nowMs, overMs }: { nowMs: number; overMs: number }): Step {
  const untilMs = open.lost === null ? overMs : Date.parse(open.lost.at) + lateEffectMs;
  // Given again meanwhile: only when the call can no longer be running.
  if (repeatable.has(open.kind) && !(nowMs < untilMs && isGivenAgain(goal, open)))
    return { do: 'close', open, maybeGranted: false };
  const overtaken = !goal.active && overtakable.has(open.kind);
  if (overtaken) return { do: 'close', open, maybeGranted: open.kind !== 'update-account' };
  if (nowMs < untilMs) return { do: 'wait', untilMs };
  if (lookedFor.has(open.kind)) return { do: 'look', open };
  return { do: 'close', open, maybeGranted: false };
}

/** What the application accepted is asked for. It does not keep the account of a leaver from being disabled. */
function promised(goal: Goal, open: OpenOperation, { status }: Account): Step {
  const isOfAccount = ['create-account', 'disable-account', 'delete-account'].includes(open.kind);
  if (!goal.leaver || status !== 'active' || isOfAccount) return { do: 'look', open };
  return { do: 'close', open, maybeGranted: overtakable.has(open.kind) && open.kind !== 'update-account' };
}

/** Should the person have what this operation takes away? */
function isGivenAgain({ active, entitlements }: Goal, { kind, entitlement }: OpenOperation): boolean {
  if (!active || takenBy(kind) === 'account') return active;
  return entitlements.some((one) => keyOf(one) === entitlementKey(entitlement));
}

/** What the application grants, and what has become of what it granted. */
type Able = Required<Pick<Surroundings, 'membership' | 'grants'>>;

function grantingBy({ grants }: Able, one: EntitlementFields): ReturnType<typeof granting> {
  return grants(entitlementOf('', one).kind) ? granting(one) : null;
}

/**
 * Steps towards an active account. Unwanted memberships are removed first, so that nobody holds old and new access at
 * once: while the application refuses to remove one, the others are removed, and nothing is added.
 */
function towardsActive(goal: Goal, account: Account, able: Able, refused: ReadonlySet<string>): Step {
  if (account.accountId === null) return creation(goal);
  const wanted = new Set(goal.entitlements.map(keyOf));
  const held = grantedWith(account);
  // A membership of a group that was there before is none of the group that has its name now.
  const superfluous = removals(held.filter((one) => !wanted.has(keyOf(one)) || able.membership(one) === 'void'));
  if (superfluous.length > 0) return superfluous.find((one) => !refused.has(stepKey(one))) ?? { do: 'nothing' };
  const { uncertain } = account;
  if (account.status === 'disabled' || uncertain.includes(entitlementKey({ account: true })))
    return operate('enable-account', goal.because);
  const update = updating(goal, account);
  if (update !== null && !refused.has(stepKey(update))) return update;
  return additions(goal, account, able, refused) ?? remaining(goal, held, able);
}

/** An account that is there already is looked for by the rules of the connector. */
function creation({ because, initial, attributes, ifEmpty, unique = [], matches = [] }: Goal): Operate {
  const create = { ...operate('create-account', because), written: { ...initial, ...ifEmpty, ...attributes } };
  return {
    ...create,
    ...(matches.length === 0 ? {} : { matches }),
    ...(unique.length === 0 ? {} : { unique }),
  };
}

/** What differs, and what may be empty in the application; null for neither. */
export function updating(goal: Goal, account: Account): Operate | null {
  const changes = attributeChanges(goal, account);
  const ifEmpty = Object.fromEntries(
    Object.entries(goal.ifEmpty ?? {}).filter(([path]) => isEmpty(account.written[path])),
  );
  const fills = Object.keys(ifEmpty).length > 0;
  if (changes === null && !fills) return null;
  const update = { ...operate('update-account', goal.because), written: changes ?? {} };
  return fills ? { ...update, ifEmpty } : update;
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** The next entitlement that the person should have and that the hub did not give, or is not sure to have given; null when there is nothing to try. */
function additions(goal: Goal, { granted, uncertain }: Account, able: Able, refused: ReadonlySet<string>): Step | null {
  const missing = goal.entitlements.filter(
    (one) => !Object.hasOwn(granted, keyOf(one)) || uncertain.includes(keyOf(one)),
  );
  const steps = missing.flatMap(({ entitlement, because }): Operate[] => {
    const target = grantingBy(able, entitlement);
    return target === null ? [] : [{ ...operate(target.kind, because), entitlement }];
  });
  const next = steps.find((one) => !refused.has(stepKey(one)));
  return next ?? (steps.length > 0 ? { do: 'nothing' } : null);
}

/** Everything possible is given: must a person look at something? */
function remaining(goal: Goal, held: readonly Granted[], able: Able): Step {
  const questioned = held.find((one) => able.membership(one) === 'in-question');
  if (questioned !== undefined) return { do: 'question', entitlement: questioned.entitlement };
  const impossible = goal.entitlements.find(({ entitlement }) => grantingBy(able, entitlement) === null);
  return impossible === undefined ? { do: 'nothing' } : { do: 'refuse', entitlement: impossible.entitlement };
}

/** An account whose id cannot be stored is disabled, too: the call looks it up. */
function unkeptStep({ unkept, status, because }: Account, refused: ReadonlySet<string>): Step {
  const disable = operate('disable-account', because);
  const isOpen = unkept !== null && status !== 'disabled' && !refused.has(stepKey(disable));
  return isOpen ? disable : { do: 'nothing' };
}

/** Identifiers of an account that was there before us are not touched by the same desired access that took it over. */
const identifiers = new Set(['userName', 'emails', 'externalId']);

/** What is written into an account that is there; null for nothing. */
function attributeChanges(
  { attributes, version }: Goal,
  { written, adoptedAt, uncertain, kept = {} }: Account,
): Attributes | null {
  const firstContact = adoptedAt?.epoch === version.epoch && adoptedAt.sequence === version.sequence;
  const changes = Object.entries(attributes).flatMap(([path, wanted]): [string, unknown][] => {
    if (path === 'externalId' || (firstContact && identifiers.has(path))) return [];
    const value = wanted ?? null;
    // By decision the application keeps its own value in place of this one.
    if (isSameAt(kept, path, value)) return [];
    const isWritten = isSameAt(written, path, value) || (value === null && !Object.hasOwn(written, path));
    return isWritten && !uncertain.includes(attributeKey(path)) ? [] : [[path, value]];
  });
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

const isSameAt = (values: Attributes, path: string, value: unknown): boolean =>
  Object.hasOwn(values, path) && isDeepStrictEqual(values[path] ?? null, value);

const keyOf = ({ entitlement }: Holding): string => entitlementKey(entitlement);
