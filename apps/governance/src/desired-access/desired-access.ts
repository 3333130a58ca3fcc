import {
  compareEntitlements,
  entitlementFields,
  entitlementKey,
  entitlementOf,
  isAccount,
  type EntitlementFields,
} from '#libs/contracts/entitlement.js';
import { isDeepStrictEqual } from 'node:util';
import type { DesiredAccessMessage, DesiredEntitlement } from '#libs/contracts/desired-access.js';
import { hasShape, type Fold } from '#libs/event-store/core.js';
import { isFoundPackage, rulesOf } from '../policy/policy.exports.js';
import { type CarriedAttributes, carriedBy, carriedFurther } from './carried-attributes.js';
import type { DesiredAccessChanged, DesiredAccessEvent } from './desired-access.events.js';

/** The newest message; null before the first. */
export type DesiredAccess = DesiredAccessMessage | null;

export const desiredAccess: Fold<DesiredAccess, DesiredAccessEvent> = {
  version: 1,
  initial: null,
  evolve: (_, event) => desiredMessageOf(event),
};

/** What lies in a row is the body of a message. */
export const isDesiredAccess = hasShape<DesiredAccessMessage>({
  identity: 'text',
  application: 'text',
  status: ['active', 'on-leave', 'leaver'],
  accounts: 'list',
  entitlements: 'list',
});

/** The public body of a fact. */
export function desiredMessageOf({ data, personal }: DesiredAccessEvent): DesiredAccessMessage {
  const { identityId, application, status, account, entitlements, withdrawn, deletes } = data;
  const attributes = personal.account.fields?.attributes ?? {};
  return {
    identity: identityId,
    application,
    status,
    accounts: account === null ? [] : [{ type: 'User', ...account, attributes }],
    entitlements,
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(deletes === undefined ? {} : { deletes }),
  };
}

/** An assignment, as far as one application is concerned. */
export interface Justification {
  readonly assignmentId: string;
  readonly packageId: string;
  readonly entitlements: readonly EntitlementFields[];
}

export interface Wanted {
  readonly identityId: string;
  readonly application: string;
  readonly status: 'active' | 'on-leave' | 'inactive';
  /** What is known of the person. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What of it the connector reads; null for all of it. */
  readonly sources: readonly string[] | null;
  readonly justifications: readonly Justification[];
  /** Of the account of a leaver. True: it is to be deleted; false: only to be disabled. Absent: as its connector says. */
  readonly deletes?: boolean | undefined;
  /** What was found and somebody revoked: it is to be taken away although the hub may not have given it. */
  readonly withdrawn?:
    undefined | readonly { readonly entitlement: EntitlementFields; readonly assignmentId: string }[];
}

/** What the application should hold from now on; empty if it equals the newest message. */
export function desire(wanted: Wanted, state: DesiredAccess): DesiredAccessChanged[] {
  const granting = wanted.status === 'inactive' ? [] : wanted.justifications;
  const active = granting.some(({ entitlements }) => entitlements.length > 0);
  const before = state?.accounts[0] ?? null;
  if (state === null && !active) return [];
  const entitlements = entitlementsOf(granting);
  const carried = active ? carriedBy(wanted.attributes, wanted.sources) : keptOf(before, wanted.sources);
  const fact: DesiredAccessChanged = {
    type: 'DesiredAccessChanged',
    v: 1,
    data: {
      ...(takesAway(state, entitlements) ? { takesAway: true } : {}),
      identityId: wanted.identityId,
      application: wanted.application,
      status: wanted.status === 'inactive' ? 'leaver' : wanted.status,
      account: accountOf(granting, entitlements, { active, known: before !== null, carried }),
      entitlements,
      ...withdrawnFrom(wanted.withdrawn, entitlements),
      ...deletionOf(wanted),
    },
    personal: { account: { subject: wanted.identityId, fields: attributesOf(carried) } },
  };
  return isDeepStrictEqual(desiredMessageOf(fact), state) ? [] : [fact];
}

const deletionOf = ({ deletes, status }: Wanted): Pick<DesiredAccessMessage, 'deletes'> =>
  deletes !== undefined && status === 'inactive' ? { deletes } : {};

/** A disabled account keeps its attributes: they are not published any more. */
const keptOf = (before: CarriedAttributes | null, sources: Wanted['sources']): Partial<CarriedAttributes> =>
  before === null ? {} : carriedFurther(before, sources);

/** Each once, unless it is desired for another reason. */
function withdrawnFrom(
  withdrawn: Wanted['withdrawn'],
  wanted: readonly DesiredEntitlement[],
): Pick<DesiredAccessMessage, 'withdrawn'> {
  const kept = new Set(wanted.map(entitlementKey));
  const byKey = Map.groupBy(withdrawn ?? [], ({ entitlement }) => entitlementKey(entitlement));
  const all = [...byKey]
    .filter(([key]) => !kept.has(key))
    .flatMap(([, same]) =>
      same.slice(0, 1).map(({ entitlement }) => ({
        ...entitlementFields(entitlement),
        because: same.map(({ assignmentId }) => assignmentId).sort(),
      })),
    )
    .sort(compareEntitlements);
  return all.length === 0 ? {} : { withdrawn: all };
}

function accountOf(
  granting: readonly Justification[],
  entitlements: readonly DesiredEntitlement[],
  {
    active,
    known,
    carried: { sources },
  }: { readonly active: boolean; readonly known: boolean; readonly carried: Partial<CarriedAttributes> },
): DesiredAccessChanged['data']['account'] {
  const packages = [
    ...new Set((active ? granting : []).flatMap(({ packageId }) => (isFoundPackage(packageId) ? [] : [packageId]))),
  ].sort();
  if (!active && !known) return null;
  return { active, packages, groups: groupsAmong(entitlements), ...(sources === undefined ? {} : { sources }) };
}

const attributesOf = ({ attributes }: Partial<CarriedAttributes>): { readonly attributes?: Wanted['attributes'] } =>
  attributes === undefined ? {} : { attributes };

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
  const kept = new Set(after.map(entitlementKey));
  return (before?.entitlements ?? []).some((one) => !kept.has(entitlementKey(one)));
}

/** Each once, the account first, with the assignments that justify it. */
function entitlementsOf(granting: readonly Justification[]): DesiredEntitlement[] {
  const justified = new Map<string, { readonly fields: EntitlementFields; readonly because: Set<string> }>();
  for (const { assignmentId, entitlements } of withAccount(granting))
    for (const fields of entitlements) {
      const key = entitlementKey(fields);
      const known = justified.get(key) ?? { fields, because: new Set<string>() };
      justified.set(key, { ...known, because: known.because.add(assignmentId) });
    }
  return [...justified.values()]
    .map(({ fields, because }) => ({ ...entitlementFields(fields), because: [...because].sort() }))
    .sort(compareEntitlements);
}

/** Whatever an application grants needs an account there: where no package grants the account itself, each gives it. */
function withAccount(granting: readonly Justification[]): readonly Justification[] {
  if (granting.some(({ entitlements }) => entitlements.some(isAccount))) return granting;
  return granting.map((one) =>
    one.entitlements.length === 0 ? one : { ...one, entitlements: [{ account: true }, ...one.entitlements] },
  );
}

/** Names of those that the account's own list holds, too. */
function groupsAmong(entitlements: readonly DesiredEntitlement[]): string[] {
  return entitlements.flatMap((one) => {
    const { kind, name } = entitlementOf('', one);
    return rulesOf(kind).accountList === 'groups' && name !== null ? [name] : [];
  });
}

const pairs = (one: DesiredEntitlement): string[] => one.because.map((id) => `${id} ${entitlementKey(one)}`);
const assignmentOf = (pair: string): string => pair.slice(0, pair.indexOf(' '));
