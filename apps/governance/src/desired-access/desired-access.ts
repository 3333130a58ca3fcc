import { isDeepStrictEqual } from 'node:util';
import type { DesiredAccessMessage, DesiredEntitlement } from '#libs/contracts/desired-access.js';
import type { Fold } from '#libs/event-store/core.js';
import type { DesiredAccessChanged, DesiredAccessEvent } from './desired-access.events.js';
import { keyOf } from './entitlement.js';

/** The newest message; null before the first. */
export type DesiredAccess = DesiredAccessMessage | null;

export const desiredAccess: Fold<DesiredAccess, DesiredAccessEvent> = {
  initial: null,
  evolve: (_, event) => desiredMessageOf(event),
};

/** The public body of a fact. */
export function desiredMessageOf({ data, personal }: DesiredAccessEvent): DesiredAccessMessage {
  const { identityId, application, status, account, entitlements } = data;
  const attributes = personal.account.fields?.attributes ?? {};
  return {
    identity: identityId,
    application,
    status,
    accounts: account === null ? [] : [{ type: 'User', ...account, attributes }],
    entitlements,
  };
}

/** An assignment, as far as one application is concerned. */
export interface Justification {
  readonly assignmentId: string;
  readonly packageId: string;
  readonly account: boolean;
  readonly groups: readonly string[];
}

export interface Wanted {
  readonly identityId: string;
  readonly application: string;
  readonly status: 'active' | 'on-leave' | 'inactive';
  /** What the connector's mapping may use. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly justifications: readonly Justification[];
}

/** What the application should hold from now on; empty if it equals the newest message. */
export function desire(wanted: Wanted, state: DesiredAccess): DesiredAccessChanged[] {
  const granting = wanted.status === 'inactive' ? [] : wanted.justifications;
  const accounts = granting.filter(({ account }) => account);
  const active = accounts.length > 0;
  const before = state?.accounts[0] ?? null;
  if (state === null && !active) return [];
  const groups = active ? [...new Set(granting.flatMap((one) => one.groups))].sort() : [];
  const entitlements = active ? entitlementsOf(accounts, groups, granting) : [];
  const fact: DesiredAccessChanged = {
    type: 'DesiredAccessChanged',
    v: 1,
    data: {
      ...(takesAway(state, entitlements) ? { takesAway: true } : {}),
      identityId: wanted.identityId,
      application: wanted.application,
      status: wanted.status === 'inactive' ? 'leaver' : wanted.status,
      account:
        active || before !== null
          ? { active, packages: [...new Set(active ? granting.map(({ packageId }) => packageId) : [])].sort(), groups }
          : null,
      entitlements,
    },
    // A disabled account keeps its attributes: they are not published any more.
    personal: {
      account: {
        subject: wanted.identityId,
        fields: active ? { attributes: wanted.attributes } : before === null ? {} : { attributes: before.attributes },
      },
    },
  };
  return isDeepStrictEqual(desiredMessageOf(fact), state) ? [] : [fact];
}

/** Assignments that justify more or less in a message than in the former, each with whether anything is left of it. */
export function carriedOtherwise(before: DesiredAccess, after: DesiredAccessMessage): Map<string, boolean> {
  const known = new Set((before?.entitlements ?? []).flatMap(pairs));
  const now = new Set(after.entitlements.flatMap(pairs));
  const changed = [...[...known].filter((pair) => !now.has(pair)), ...[...now].filter((pair) => !known.has(pair))];
  const held = new Set([...now].map(assignmentOf));
  return new Map(changed.map(assignmentOf).map((id) => [id, held.has(id)]));
}

/** Is something that was desired not desired any more? */
function takesAway(before: DesiredAccess, after: readonly DesiredEntitlement[]): boolean {
  const kept = new Set(after.map(keyOf));
  return (before?.entitlements ?? []).some((one) => !kept.has(keyOf(one)));
}

function entitlementsOf(
  accounts: readonly Justification[],
  groups: readonly string[],
  granting: readonly Justification[],
): DesiredEntitlement[] {
  const ids = (given: readonly Justification[]): string[] =>
    [...new Set(given.map(({ assignmentId }) => assignmentId))].sort();
  return [
    { account: true, because: ids(accounts) },
    ...groups.map((group) => ({ group, because: ids(granting.filter((one) => one.groups.includes(group))) })),
  ];
}

const pairs = (one: DesiredEntitlement): string[] => one.because.map((id) => `${id} ${keyOf(one)}`);
const assignmentOf = (pair: string): string => pair.slice(0, pair.indexOf(' '));
