import { entitlementKey, type EntitlementFields, fieldsOf } from '#libs/contracts/entitlement.js';
import {
  type Account,
  account,
  type AccountEvent,
  type Attributes,
  awaitedWords,
  type Goal,
  isAccountWithdrawn,
  type Policy,
  updating,
} from '../accounts/accounts.exports.js';

/** An attribute, as the application has it and as it would be written; null: no value. */
export interface AttributeChange {
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A group or role that an account holds in the application. */
export interface HeldThere {
  readonly entitlement: EntitlementFields;
  /** The application's own id of it. */
  readonly id: string;
}

/** The same as a reading keeps it. */
export interface ShownHolding {
  readonly kind: 'group' | 'role';
  readonly id: string;
  readonly name: string;
}

/** @param byId the connector names groups by their ids */
export const heldThere = (shown: readonly ShownHolding[], byId: boolean): HeldThere[] =>
  shown.map(({ kind, id, name }) => ({ entitlement: fieldsOf({ kind, name: byId ? id : name }), id }));

/**
 * What enforcing does for one person. `link`: the account that is there becomes the person's, and is changed where
 * attributes differ; `update`: an account that the hub keeps is changed; `fails`: the mapping gives no value; `waits`:
 * somebody must say first whose account it is.
 */
export type Effect = 'create' | 'link' | 'update' | 'disable' | 'delete' | 'fails' | 'waits';

export interface Outcome {
  readonly effect: Effect;
  readonly changes: readonly AttributeChange[];
  /** A disabled account is enabled. */
  readonly enables: boolean;
  readonly adds: readonly EntitlementFields[];
  readonly removes: readonly EntitlementFields[];
  /** What the account holds already, and counts as given by the hub from then on. */
  readonly keeps: readonly HeldThere[];
  readonly detail: string | null;
}

/** An account that the application showed. */
export interface FoundThere {
  readonly accountId: string;
  readonly active: boolean | null;
  /** What the mapping writes, as the application has it. */
  readonly observed: Attributes;
  readonly holds: readonly HeldThere[];
}

export interface Situation {
  readonly goal: Goal;
  /** What the hub keeps. */
  readonly known: Account;
  /** The account that was found for the person; null for none. */
  readonly found: FoundThere | null;
  /** Accounts are there of which nobody said yet whether they are this person's. */
  readonly disputed: boolean;
  readonly policy: Policy;
  /** Attributes that the application takes at all; null or absent: all. */
  readonly taken?: readonly string[] | null;
  /** The facts by which the found account becomes the person's. */
  readonly linking: (found: FoundThere) => readonly AccountEvent[];
}

/** What enforcing does; null for nothing. */
export function outcomeOf(situation: Situation): Outcome | null {
  const { goal, known, found } = situation;
  if (!goal.active) return isEnding(situation) ? afterLeaving(situation) : afterUnassignment(situation);
  return isWithoutAccount(known, found) ? making(situation) : bringing(situation);
}

/** The person left, or somebody revoked an account that was there before the hub. */
const isEnding = ({ goal, known }: Situation): boolean =>
  goal.leaver || (known.accountId === null && isAccountWithdrawn(goal.withdrawn));

const isWithoutAccount = ({ accountId }: Account, found: FoundThere | null): boolean =>
  accountId === null && found === null;

/** Why not everything that is to be written can be known; null where it can. */
const obstacleOf = ({ fault = null, awaited }: Goal): string | null =>
  fault ?? (awaited === undefined ? null : awaitedWords(awaited.sources));

/** There is no account that is known to be the person's. */
function making({ goal, disputed, taken }: Situation): Outcome {
  const fault = obstacleOf(goal);
  if (disputed)
    return {
      ...nothing('waits'),
      detail: 'somebody must say whose account it is: decide the ambiguous accounts first',
    };
  return fault === null ? creation(goal, isTakenBy(taken)) : { ...nothing('fails'), detail: fault };
}

/** An outcome that changes no value and no entitlement. */
export const nothing = (effect: Effect): Outcome => ({
  effect,
  changes: [],
  enables: false,
  adds: [],
  removes: [],
  keeps: [],
  detail: null,
});

type IsTaken = (target: string) => boolean;

const isTakenBy =
  (taken: Situation['taken']): IsTaken =>
  (target) =>
    taken === null || taken === undefined || taken.includes(target);

function creation({ initial, ifEmpty, attributes, entitlements }: Goal, isTaken: IsTaken): Outcome {
  const written = Object.entries({ ...initial, ...ifEmpty, ...attributes }).filter(
    ([target, value]) => (value ?? null) !== null && isTaken(target),
  );
  const changes = written.map(([target, after]) => ({ target, before: null, after }));
  return { ...nothing('create'), changes, adds: entitlements.map(({ entitlement }) => entitlement) };
}

/** The account that is there, ours or found, is brought to what is desired. */
function bringing({ goal, known, found, linking, taken }: Situation): Outcome | null {
  const isTaken = isTakenBy(taken);
  const fault = obstacleOf(goal);
  if (fault !== null) return { ...nothing('fails'), detail: fault };
  if (known.accountId !== null || found === null) {
    const outcome = { ...nothing('update'), ...differences(goal, known, isTaken) };
    return isSomething(outcome) ? outcome : null;
  }
  const linked = linking(found).reduce(account.evolve, known);
  return { ...nothing('link'), ...differences(goal, linked, isTaken), keeps: keptBy(goal, found) };
}

function differences(
  goal: Goal,
  after: Account,
  isTaken: IsTaken,
): Pick<Outcome, 'changes' | 'enables' | 'adds' | 'removes'> {
  const wanted = new Set(goal.entitlements.map(({ entitlement }) => entitlementKey(entitlement)));
  const update = updating(goal, after);
  return {
    changes: Object.entries({ ...update?.ifEmpty, ...update?.written })
      .filter(([target]) => isTaken(target))
      .map(([target, value]) => ({ target, before: after.written[target] ?? null, after: value ?? null })),
    enables: after.status === 'disabled',
    adds: goal.entitlements
      .map(({ entitlement }) => entitlement)
      .filter((one) => !Object.hasOwn(after.granted, entitlementKey(one))),
    removes: Object.entries(after.granted)
      .filter(([key]) => !wanted.has(key))
      .map(([, { entitlement }]) => entitlement),
  };
}

/** What a found account holds of what is desired. Everything else that it holds was not given by the hub, and stays. */
function keptBy({ entitlements }: Pick<Goal, 'entitlements'>, { holds }: FoundThere): HeldThere[] {
  const wanted = new Set(entitlements.map(({ entitlement }) => entitlementKey(entitlement)));
  return holds.filter(({ entitlement }) => wanted.has(entitlementKey(entitlement)));
}

/** What the hub answers for once a found account is linked: what is desired, and what was found and somebody revoked. */
export const answeredFor = ({ entitlements, withdrawn = [] }: Goal, found: FoundThere): HeldThere[] =>
  keptBy({ entitlements: [...entitlements, ...withdrawn] }, found);

const isSomething = ({ changes, enables, adds, removes }: Outcome): boolean =>
  enables || [changes, adds, removes].some((list) => list.length > 0);

function afterLeaving({ known, found, policy }: Situation): Outcome | null {
  const isUsable = known.accountId === null ? found !== null && found.active !== false : known.status === 'active';
  if (!isUsable) return null;
  const removes =
    policy.onDisable === 'strip' ? Object.values(known.granted).map(({ entitlement }) => entitlement) : [];
  const isDeleted = policy.onLeave === 'delete' && policy.deleteAfter === null;
  return { ...nothing(isDeleted ? 'delete' : 'disable'), removes };
}

/** The person is to have no account any more: one that was found and that the hub does not keep stays as it is. */
function afterUnassignment({ goal, known, policy }: Situation): Outcome | null {
  if (known.accountId === null) return null;
  const removes = Object.values(known.granted).map(({ entitlement }) => entitlement);
  const outcome = {
    ...nothing(unassigned(known, policy)),
    removes,
    detail: goal.outOfScope === true ? outOfScope : null,
  };
  return outcome.effect === 'update' && removes.length === 0 ? null : outcome;
}

const outOfScope = 'the scope of the connector leaves the person out';

function unassigned({ status }: Account, { onUnassign, deleteAfter }: Policy): Effect {
  if (onUnassign === 'delete' && deleteAfter === null) return 'delete';
  return status === 'active' && onUnassign !== 'keep' ? 'disable' : 'update';
}

/** How many of each, over all people of a preview. */
export interface PreviewCounts {
  readonly people: number;
  readonly creates: number;
  readonly links: number;
  /** Accounts of which an attribute is written that are there already. */
  readonly changes: number;
  readonly enables: number;
  readonly disables: number;
  readonly deletes: number;
  /** Groups and roles given and taken. */
  readonly adds: number;
  readonly removes: number;
  readonly fails: number;
  readonly waits: number;
}

export const noCounts: PreviewCounts = {
  people: 0,
  creates: 0,
  links: 0,
  changes: 0,
  enables: 0,
  disables: 0,
  deletes: 0,
  adds: 0,
  removes: 0,
  fails: 0,
  waits: 0,
};

export function countedWith(
  counts: PreviewCounts,
  { effect, changes, enables, adds, removes }: Outcome,
): PreviewCounts {
  const one = (is: boolean): number => (is ? 1 : 0);
  return {
    people: counts.people + 1,
    creates: counts.creates + one(effect === 'create'),
    links: counts.links + one(effect === 'link'),
    changes: counts.changes + one(effect !== 'create' && changes.length > 0),
    enables: counts.enables + one(enables),
    disables: counts.disables + one(effect === 'disable'),
    deletes: counts.deletes + one(effect === 'delete'),
    adds: counts.adds + adds.length,
    removes: counts.removes + removes.length,
    fails: counts.fails + one(effect === 'fails'),
    waits: counts.waits + one(effect === 'waits'),
  };
}
