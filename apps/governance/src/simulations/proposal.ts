import { type WorkerAttributes, workerOf } from '#libs/contracts/hr-lifecycle.js';
import { matches } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import {
  statedAttributesOf,
  identity,
  identityKeys,
  type Identity,
  type KnownIdentity,
  recordEmployment,
  madeName,
} from '../identities/identities.exports.js';
import {
  affectedBy,
  affectedBySeparation,
  type AffectedPeople,
  type Entitlement,
  entitlementsUnder,
  filterResourceOf,
  missingIn,
  type Person,
} from '../people/people.exports.js';
import type {
  AccessPackage,
  BirthrightRule,
  CatalogSnapshot,
  SeparationRule,
  Workflow,
} from '../policy/policy.exports.js';

/** What HR might state about the people who match a filter today. */
export interface HrChange {
  readonly filter: string;
  /** Fields of the worker; null clears one. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Null: as it is. */
  readonly status: 'active' | 'on-leave' | 'left' | null;
}

/** What might change. */
export interface Proposal {
  readonly accessPackages: readonly { readonly id: string; readonly document: AccessPackage }[];
  readonly birthrightRules: readonly { readonly id: string; readonly document: BirthrightRule }[];
  readonly separationRules: readonly { readonly id: string; readonly document: SeparationRule }[];
  /** They act on the people of `hrChanges` and `hires`. Absent in a simulation that an earlier version of the hub began. */
  readonly workflows?: readonly { readonly id: string; readonly document: Workflow }[];
  readonly hrChanges: readonly HrChange[];
  /** Workers who might be hired. */
  readonly hires: readonly WorkerAttributes[];
}

/** What somebody would gain and lose. */
export interface Foreseen {
  readonly gains: readonly Entitlement[];
  readonly loses: readonly Entitlement[];
}

/** The catalog with the proposed documents. */
export function catalogUnder(
  { accessPackages, birthrightRules, separationRules, workflows = [] }: Proposal,
  catalog: CatalogSnapshot,
): CatalogSnapshot {
  return catalog.with(
    ...accessPackages.map((one) => ({ kind: 'access-package' as const, ...one })),
    ...birthrightRules.map((one) => ({ kind: 'birthright-rule' as const, ...one })),
    ...separationRules.map((one) => ({ kind: 'separation-rule' as const, ...one })),
    ...workflows.map((one) => ({ kind: 'workflow' as const, ...one })),
  );
}

/**
 * Whom the proposal can give or take something. Hires are besides.
 * @param proposed the catalog with the proposal
 */
export function affectedByProposal(
  proposal: Proposal,
  catalog: CatalogSnapshot,
  proposed: CatalogSnapshot,
): AffectedPeople {
  const { accessPackages, birthrightRules, separationRules, hrChanges } = proposal;
  return {
    who: 'any',
    of: [
      ...accessPackages.map(({ id, document }) =>
        affectedBy<'access-package'>(id, catalog.documentOf('access-package', id)?.document ?? null, document),
      ),
      ...birthrightRules.map(({ id, document }) =>
        affectedBy<'birthright-rule'>(id, catalog.documentOf('birthright-rule', id)?.document ?? null, document),
      ),
      ...separationRules.map(({ id, document }) =>
        affectedBySeparation(catalog.documentOf('separation-rule', id)?.document ?? null, document, proposed),
      ),
      ...hrChanges.map(({ filter }) => ({ who: 'selected' as const, filter })),
    ],
  };
}

/** A person as HR might state them. Each change looks at the person as they are today; they apply in their order. */
export function personUnder(changes: readonly HrChange[], person: Person, at: string): Person {
  const today = person.identity.state;
  if (today.status === 'absent') return person;
  const resource = filterResourceOf(today);
  const state = changes
    .filter(({ filter }) => matches(parseFilter(filter), resource, identityKeys))
    .reduce<Identity>((known, change) => (known.status === 'absent' ? known : changed(known, change, at)), today);
  return { ...person, identity: { ...person.identity, state } };
}

/** A worker whom the hub does not know yet, as somebody hired today. */
export function hiredPerson(attributes: WorkerAttributes, person: Person, at: string): Person {
  const { id } = person.identity;
  const stated = {
    identityId: id,
    workerId: id,
    employed: true,
    onLeave: attributes.status === 'on-leave',
    attributes,
    at,
  };
  return withEvents(person, recordEmployment(stated, nobodyElse, person.identity.state));
}

/** What the proposal gives somebody and takes from them: computed by the functions that decide live. */
export function foresee(
  [before, after]: readonly [Person, Person],
  [now, proposed]: readonly [CatalogSnapshot, CatalogSnapshot],
  at: string,
): Foreseen {
  const [had, has] = [
    entitlementsUnder(before, now, at),
    entitlementsUnder(after, proposed, at, before.identity.state),
  ];
  return { gains: missingIn(had, has), loses: missingIn(has, had) };
}

/** Neither the name nor the manager of a person changes what they have. */
const nobodyElse = {
  holderOf: () => null,
  names: { made: madeName, isTaken: () => false, isOthersAddress: () => false, wasGiven: () => false },
};

function changed(state: KnownIdentity, { set, status }: HrChange, at: string): Identity {
  const { identityId, primaryWorkerId, employments } = state;
  const known = statedAttributesOf(state);
  // Of a person who is forgotten, HR can state nothing.
  if (known === null) return state;
  const stated = { ...known, ...set };
  const attributes = workerOf(Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== null)));
  return employments
    .filter(({ workerId, employed }) => workerId === primaryWorkerId || (status === 'left' && employed))
    .map((one) => ({
      identityId,
      workerId: one.workerId,
      employed: status === null ? one.employed : status !== 'left',
      onLeave: status === null ? one.onLeave : status === 'on-leave',
      attributes: one.workerId === primaryWorkerId ? attributes : (state.person?.records[one.workerId] ?? attributes),
      at,
    }))
    .reduce<Identity>(
      (before, one) => recordEmployment(one, nobodyElse, before).reduce(identity.evolve, before),
      state,
    );
}

function withEvents(person: Person, events: ReturnType<typeof recordEmployment>): Person {
  const state = events.reduce(identity.evolve, person.identity.state);
  return { ...person, identity: { ...person.identity, state } };
}
