import { entitlementKey, entitlementOf, type EntitlementFields } from '#libs/contracts/entitlement.js';
import {
  type Account,
  attributeKey,
  type DriftClass,
  type DriftCode,
  type Goal,
} from '../accounts/accounts.exports.js';
import { isSame, isSameInOtherForm } from './same-value.js';

export interface Difference {
  readonly code: Exclude<DriftCode, 'renamed-group'>;
  /** Of an attribute: its path. */
  readonly target: string | null;
  readonly entitlement: EntitlementFields;
  /** The application's own id of the group or role; null for another. */
  readonly grantedId: string | null;
  readonly class: DriftClass;
  readonly desired: unknown;
  readonly written: unknown;
  readonly observed: unknown;
}

/** A group or role that an account holds, as a reading showed it. */
export interface HeldNow {
  readonly entitlement: EntitlementFields;
  readonly id: string;
  /** It was there when the application was read for the first time. */
  readonly fromBefore: boolean;
}

/** What readings showed of an account. */
export interface ShownAccountNow {
  /** The last complete reading did not show it. */
  readonly missing: boolean;
  readonly active: boolean | null;
  /** Values by attribute; one that the application does not show is left out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The same before it was shown otherwise for the last time; null where it never was. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly holds: readonly HeldNow[];
  /** Ids of groups and roles that an earlier reading showed, and that are not held any more. */
  readonly heldBefore: readonly string[];
}

export interface Compared {
  readonly goal: Goal;
  readonly known: Account;
  /** Null where no reading has shown the account. */
  readonly shown: ShownAccountNow | null;
  /** Attributes that the application has shown of anybody: of another, nothing can be said where there is no value. */
  readonly showable: ReadonlySet<string>;
  /** Kinds of which the last reading showed everything that is held. */
  readonly listed: readonly ('group' | 'role')[];
  /** Of an authoritative entitlement also what was there before the hub is a difference. */
  readonly isAuthoritative?: (entitlement: EntitlementFields) => boolean;
}

/** What differs between what is desired, what the hub wrote last and what the application shows. */
export function compare(compared: Compared): Difference[] {
  const { known, shown } = compared;
  if (known.accountId === null || known.open !== null) return [];
  if (shown === null || shown.missing) return [ofAccount('account-missing', true, false)];
  return [...ofUse(known, shown), ...(known.status === 'active' ? inUse(compared, shown) : [])];
}

function inUse(compared: Compared, shown: ShownAccountNow): Difference[] {
  const { goal, known, showable } = compared;
  if (!goal.active || shown.active === false) return [];
  return [...ofAttributes(goal, known, shown, showable), ...ofHoldings(compared, shown)];
}

const account = { account: true } as const;

function ofAccount(
  code: 'inactive' | 'reactivated' | 'account-missing',
  desired: boolean,
  observed: boolean,
): Difference {
  const about = { target: null, entitlement: account, grantedId: null };
  return { code, ...about, class: 'changed-outside', desired, written: desired, observed };
}

/** May the account be used, against what the hub did? */
function ofUse({ status, uncertain }: Account, { active }: ShownAccountNow): Difference[] {
  if (active === null || uncertain.includes(entitlementKey(account))) return [];
  if (status === 'active' && !active) return [ofAccount('inactive', true, false)];
  return status === 'disabled' && active ? [ofAccount('reactivated', false, true)] : [];
}

function ofAttributes(goal: Goal, known: Account, shown: ShownAccountNow, showable: ReadonlySet<string>): Difference[] {
  return Object.entries(goal.attributes).flatMap(([path, wanted]): Difference[] => {
    const [last, now] = [valueAt(known.written, path), valueAt(shown.attributes, path)];
    const isHidden = now === null && !showable.has(path);
    if (isHidden || isSame(last, now) || isUncompared(path) || isWork(path, wanted, known)) return [];
    const about = { entitlement: account, grantedId: null, desired: wanted ?? null, written: last, observed: now };
    const values = { last, now, former: valueAt(shown.before, path) };
    const how = classOf(values, shown.before !== null, known.madeAt !== null);
    return [{ code: 'attribute-changed', target: path, ...about, class: how }];
  });
}

const valueAt = (values: Readonly<Record<string, unknown>> | null, path: string): unknown => values?.[path] ?? null;

/** What was desired otherwise meanwhile is written soon, and what is in doubt is written again anyway. */
function isWork(path: string, wanted: unknown, { written, kept = {}, uncertain }: Account): boolean {
  const isKept = Object.hasOwn(kept, path) && isSame(kept[path], wanted);
  return !(isKept || isSame(wanted, written[path])) || uncertain.includes(attributeKey(path));
}

/** `active` is compared by itself, and the id of the identity is never written into an account that was there before. */
const isUncompared = (path: string): boolean => path === 'active' || path === 'externalId';

interface Values {
  readonly last: unknown;
  readonly now: unknown;
  readonly former: unknown;
}

/** @param wasOther it was shown otherwise before @param isMade by the hub */
function classOf({ last, now, former }: Values, wasOther: boolean, isMade: boolean): DriftClass {
  const isAsBefore = !wasOther || isSame(former, now);
  if (isSame(last, null)) return isMade && isAsBefore ? 'schema-default' : 'changed-outside';
  if (!isSame(now, null) && isSameInOtherForm(last, now)) return 'normalised';
  return isAsBefore ? 'lost-write' : 'changed-outside';
}

function ofHoldings(
  { known: { granted, uncertain }, goal, listed, isAuthoritative = () => false }: Compared,
  { holds, heldBefore }: ShownAccountNow,
): Difference[] {
  const wanted = new Set(goal.entitlements.map(({ entitlement }) => entitlementKey(entitlement)));
  const isListed = (entitlement: EntitlementFields): boolean => {
    const { kind } = entitlementOf('', entitlement);
    return kind !== 'account' && listed.includes(kind);
  };
  const held = new Map(holds.map((one) => [entitlementKey(one.entitlement), one]));
  const removed = Object.entries(granted).flatMap(([key, { entitlement, id }]): Difference[] => {
    if (held.has(key) || uncertain.includes(key) || !isListed(entitlement)) return [];
    const wasShown = id !== null && heldBefore.includes(id);
    return [holding('membership-missing', entitlement, id, wasShown ? 'changed-outside' : 'lost-write')];
  });
  const added = holds.flatMap(({ entitlement, id, fromBefore }): Difference[] => {
    const isOurs = Object.hasOwn(granted, entitlementKey(entitlement));
    // What is desired meanwhile is given: nobody needs to take it first.
    const isTaken = isAuthoritative(entitlement) && !wanted.has(entitlementKey(entitlement));
    return isOurs || (fromBefore && !isTaken) ? [] : [holding('membership-added', entitlement, id, 'changed-outside')];
  });
  return [...removed, ...added];
}

function holding(
  code: 'membership-missing' | 'membership-added',
  entitlement: EntitlementFields,
  grantedId: string | null,
  how: DriftClass,
): Difference {
  const isWanted = code === 'membership-missing';
  const values = { desired: isWanted, written: isWanted, observed: !isWanted };
  return { code, target: null, entitlement, grantedId, class: how, ...values };
}
