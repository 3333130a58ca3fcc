import { isDeepStrictEqual } from 'node:util';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { hasShape, type Fold } from '#libs/event-store/core.js';
import { canonicalKey } from '#libs/text/text.js';
import type {
  EmploymentState,
  IdentityEvent,
  IdentityPersonal,
  IdentitySnapshot,
  IdentityStatus,
  PulledAttributes,
  Statement,
  TokenSubject,
} from './identity.events.js';
import { withPulled } from './pulled-attributes.js';
import { chooseUserName, nameKey, type Names } from './user-name.js';

/** `person` is null once forgotten. */
export type Identity =
  { readonly status: 'absent' } | (IdentitySnapshot & { readonly person: IdentityPersonal | null });

export type KnownIdentity = Exclude<Identity, { status: 'absent' }>;

export const identity: Fold<Identity, IdentityEvent> = {
  version: 2,
  initial: { status: 'absent' },
  evolve: (_, event) => ({ ...event.data, person: event.personal.identity.fields }),
};

/** Whether a value from a row is the state of an identity. */
export const isIdentity = hasShape<KnownIdentity>({
  identityId: 'text',
  status: ['active', 'on-leave', 'inactive'],
  kind: 'text',
  managerId: 'any',
  employments: 'list',
  primaryWorkerId: 'text',
  person: 'object or null',
});

/** HR's statement about one worker, and since when it holds. */
export interface EmploymentStatement {
  readonly identityId: string;
  readonly workerId: string;
  readonly employed: boolean;
  readonly onLeave: boolean;
  readonly attributes: WorkerAttributes;
  /** Instant. */
  readonly at: string;
  readonly statement?: Statement;
}

/** What the decision needs to know about other people. */
export interface Surroundings {
  /** The live holder of an employee number, or null. */
  readonly holderOf: (employeeId: string) => string | null;
  readonly names: Names;
}

/** Applies an HR statement; returns nothing if it changes nothing. */
export function recordEmployment(stated: EmploymentStatement, around: Surroundings, state: Identity): IdentityEvent[] {
  const known = state.status === 'absent' ? null : state;
  const records = { ...known?.person?.records, [stated.workerId]: stated.attributes };
  const snapshot = snapshotAfter(stated, { known, records }, around);
  const person = personAfter(stated, { known, records, snapshot }, around);
  return known !== null && isUnchanged(known, snapshot, person) ? [] : [eventOf(state.status, snapshot, person)];
}

/** What HR states of each employment, by its id. */
type Records = Readonly<Record<string, WorkerAttributes>>;

interface Before {
  readonly known: KnownIdentity | null;
  /** With the present statement. */
  readonly records: Records;
}

function snapshotAfter(
  stated: EmploymentStatement,
  { known, records }: Before,
  around: Surroundings,
): IdentitySnapshot {
  const employments = employmentsAfter(stated, known?.employments ?? []);
  const primaryWorkerId = primaryOf(employments, records);
  const primary = records[primaryWorkerId] ?? stated.attributes;
  return {
    identityId: stated.identityId,
    status: statusOf(employments, known),
    kind: 'person',
    managerId: managerOf(stated.identityId, primary, known, around),
    employments,
    primaryWorkerId,
    ...(known?.lockedDown === true ? { lockedDown: true } : {}),
    ...(stated.statement === undefined ? {} : { statement: stated.statement }),
  };
}

function personAfter(
  stated: EmploymentStatement,
  { known, records, snapshot }: Before & { readonly snapshot: IdentitySnapshot },
  { names }: Surroundings,
): IdentityPersonal {
  const before = known?.person ?? null;
  const attributes = records[snapshot.primaryWorkerId] ?? stated.attributes;
  const inactive = snapshot.status === 'inactive';
  const choosing = { identityId: stated.identityId, attributes, inactive, current: before?.userName ?? null };
  return {
    displayName: displayNameOf(attributes),
    userName: chooseUserName(choosing, names),
    tokenSubjects: tokenSubjectsOf(before?.tokenSubjects ?? [], stated),
    records,
    ...(before?.pulled === undefined ? {} : { pulled: before.pulled }),
  };
}

function isUnchanged(known: KnownIdentity, snapshot: IdentitySnapshot, person: IdentityPersonal): boolean {
  return isDeepStrictEqual(inOrder(known), inOrder(snapshot)) && isDeepStrictEqual(known.person, person);
}

/** The manager HR names is known now. Nothing when there is one already. */
export function resolveManager(managerId: string, state: Identity): IdentityEvent[] {
  if (state.status === 'absent' || state.person === null || state.managerId !== null) return [];
  if (managerId === state.identityId) return [];
  const { person, ...snapshot } = state;
  return [eventOf(state.status, { ...snapshot, managerId }, person)];
}

/** Chooses the userName again, because others' names have changed. Nothing when it stays the same. */
export function renameUser(names: Names, state: Identity): IdentityEvent[] {
  if (state.status === 'absent' || state.person === null) return [];
  const { person, ...snapshot } = state;
  const attributes = statedAttributesOf(state);
  if (attributes === null) return [];
  const { identityId, status } = state;
  const choosing = { identityId, attributes, inactive: status === 'inactive', current: person.userName };
  const userName = chooseUserName(choosing, names);
  return userName === person.userName ? [] : [eventOf(status, snapshot, { ...person, userName })];
}

/** Makes the person inactive, whatever HR states, until `releaseIdentity`. Nothing for somebody unknown, forgotten or locked down. */
export function lockIdentity(state: Identity): IdentityEvent[] {
  if (state.status === 'absent' || state.person === null || state.lockedDown === true) return [];
  const { person, ...snapshot } = state;
  return [eventOf(state.status, { ...snapshot, status: 'inactive', lockedDown: true }, person)];
}

/** The person is again what HR states. */
export function releaseIdentity(state: Identity): IdentityEvent[] {
  if (state.status === 'absent' || state.person === null || state.lockedDown !== true) return [];
  const { person, lockedDown: _, ...snapshot } = state;
  return [eventOf(state.status, { ...snapshot, status: statusOf(snapshot.employments, null) }, person)];
}

/** The comparison key of the userName; null after the person is forgotten. */
export function nameKeyOf({ person }: KnownIdentity): string | null {
  return person === null ? null : nameKey(person.userName);
}

/** The comparison key of HR's address; null if there is none, or the person is inactive. */
export function addressKeyOf(state: KnownIdentity): string | null {
  const email = state.status === 'inactive' ? undefined : statedAttributesOf(state)?.email;
  return email === undefined ? null : nameKey(email);
}

/** The attributes of the identity: HR's, and what applications made; null after the person is forgotten. */
export function attributesOf(state: KnownIdentity): WorkerAttributes | null {
  const stated = statedAttributesOf(state);
  return stated === null ? null : withPulled(stated, state.person?.pulled);
}

/** What HR states: names and addresses that others must give up follow from it alone. */
export function statedAttributesOf(state: KnownIdentity): WorkerAttributes | null {
  return state.person?.records[state.primaryWorkerId] ?? null;
}

/** A connector gives these attributes from now on, and no others. Nothing for somebody unknown or forgotten. */
export function takePulled(
  { connector, given }: { readonly connector: string; readonly given: PulledAttributes },
  state: Identity,
): IdentityEvent[] {
  if (state.status === 'absent' || state.person === null) return [];
  const { person, ...snapshot } = state;
  const { [connector]: before = {}, ...others } = person.pulled ?? {};
  if (isDeepStrictEqual(before, given)) return [];
  const pulled = Object.keys(given).length === 0 ? others : { ...others, [connector]: given };
  return [eventOf(state.status, snapshot, { ...person, pulled })];
}

/** Employee numbers of all employments HR ever stated, in the one form they are compared in. */
export function numbersOf({ person }: KnownIdentity): string[] {
  return Object.values(person?.records ?? {}).map(({ employeeId }) => canonicalKey(employeeId));
}

/** Numbers of the employments that are live. */
export function liveNumbersOf({ person }: KnownIdentity): string[] {
  return (person?.tokenSubjects ?? [])
    .filter(({ until }) => until === null)
    .map(({ subject }) => canonicalKey(subject));
}

/** The manager's number, as HR names it. */
export function managerNumberOf(state: KnownIdentity): string | null {
  const number = statedAttributesOf(state)?.managerId;
  return number === undefined ? null : canonicalKey(number);
}

function statusOf(
  employments: readonly EmploymentState[],
  known: Pick<IdentitySnapshot, 'lockedDown'> | null,
): IdentityStatus {
  if (known?.lockedDown === true) return 'inactive';
  const live = employments.filter(({ employed }) => employed);
  if (live.length === 0) return 'inactive';
  return live.every(({ onLeave }) => onLeave) ? 'on-leave' : 'active';
}

/** The live employment with the earliest first day; without a live one, the last that HR stated. */
function primaryOf(employments: readonly EmploymentState[], records: Records): string {
  const live = employments.filter(({ employed }) => employed);
  const firstDay = ({ workerId }: EmploymentState): string => `${records[workerId]?.hireDate ?? '9999'} ${workerId}`;
  const [first] = [...live].sort((a, b) => (firstDay(a) < firstDay(b) ? -1 : 1));
  return (first ?? employments.at(-1))?.workerId ?? '';
}

/**
 * While HR names the same number, the manager stays the same person, also after leaving or when another person gets the
 * number: a reused number inherits nothing.
 */
function managerOf(
  identityId: string,
  attributes: WorkerAttributes,
  known: KnownIdentity | null,
  around: Surroundings,
): string | null {
  if (attributes.managerId === undefined) return null;
  const number = canonicalKey(attributes.managerId);
  const before = known === null ? null : managerNumberOf(known);
  if (known !== null && known.managerId !== null && before === number) return known.managerId;
  const holder = around.holderOf(number);
  return holder === identityId ? null : holder;
}

function displayNameOf({ preferredName, givenName, familyName }: WorkerAttributes): string {
  return [preferredName ?? givenName, familyName].filter((name) => name !== undefined && name !== '').join(' ');
}

/** A number opens at the first statement that it is employed and closes when it is not. */
function tokenSubjectsOf(known: readonly TokenSubject[], stated: EmploymentStatement): readonly TokenSubject[] {
  const employeeId = canonicalKey(stated.attributes.employeeId);
  const isOpen = ({ subject, until }: TokenSubject): boolean => until === null && canonicalKey(subject) === employeeId;
  if (stated.employed === known.some(isOpen)) return known;
  if (stated.employed) return [...known, { subject: employeeId, from: stated.at, until: null }];
  return known.map((one) => (isOpen(one) ? { ...one, until: stated.at } : one));
}

function employmentsAfter(stated: EmploymentStatement, known: readonly EmploymentState[]): EmploymentState[] {
  const { workerId, employed, onLeave } = stated;
  return [...known.filter((one) => one.workerId !== workerId), { workerId, employed, onLeave: employed && onLeave }];
}

/** The snapshot with its employments in the order of their ids: which one was stated last makes no difference. */
function inOrder({
  identityId,
  status,
  kind,
  managerId,
  employments,
  primaryWorkerId,
  lockedDown,
}: IdentitySnapshot): IdentitySnapshot {
  const sorted = [...employments].sort((a, b) => (a.workerId < b.workerId ? -1 : 1));
  const locked = lockedDown === undefined ? {} : { lockedDown };
  return { identityId, status, kind, managerId, employments: sorted, primaryWorkerId, ...locked };
}

function eventOf(before: Identity['status'], data: IdentitySnapshot, person: IdentityPersonal): IdentityEvent {
  const fact = { v: 1, data, personal: { identity: { subject: data.identityId, fields: person } } } as const;
  if (before === 'absent') return { type: 'IdentityJoined', ...fact };
  if (before !== 'inactive' && data.status === 'inactive') return { type: 'IdentityLeft', ...fact };
  if (before === 'inactive' && data.status !== 'inactive') return { type: 'IdentityReturned', ...fact };
  return { type: 'IdentityChanged', ...fact };
}
