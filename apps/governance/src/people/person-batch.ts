import type { Loaded } from '#libs/event-store/event-stream.js';
import { type Access, noAccess } from '../assignments/assignments.exports.js';
import type { DesiredAccess } from '../desired-access/desired-access.exports.js';
import {
  addressKeyOf,
  attributesOf,
  type Identity,
  type KnownIdentity,
  liveNumbersOf,
  managerNumberOf,
  nameKey,
  nameKeyOf,
  type Names,
  numbersOf,
  userNameCandidates,
} from '../identities/identities.exports.js';

/** One identity with everything it holds and should have: what decisions about a person are made on. */
export interface Person {
  readonly identity: Loaded<Identity>;
  readonly access: Loaded<Access>;
  /** By application. */
  readonly desired: ReadonlyMap<string, Loaded<DesiredAccess>>;
  /** How many decisions about them there were when they were loaded; null for somebody unknown then. */
  readonly decided: number | null;
}

export function unknownPerson(id: string): Person {
  return {
    identity: { id, state: { status: 'absent' }, version: 0 },
    access: { id, state: noAccess, version: 0 },
    desired: new Map(),
    decided: null,
  };
}

/**
 * The people of one batch, with the changes so far: loaded with one query, changed in memory, written by one work. It
 * finds numbers and names among them as the database would.
 */
export class PersonBatch {
  private readonly people = new Map<string, Person>();
  private readonly holders = new Map<string, string>();
  private readonly names = new Map<string, string>();
  /** The people to whom HR gives an address, by address. */
  private readonly addresses = new Map<string, Set<string>>();
  private readonly waiting = new Map<string, Set<string>>();
  private readonly lookedUp = new Set<string>();

  constructor(people: Iterable<Person>) {
    for (const person of people) this.put(person);
  }

  get(id: string): Person {
    return this.people.get(id) ?? unknownPerson(id);
  }

  put(person: Person): void {
    const { id, state } = person.identity;
    const before = this.people.get(id);
    if (before !== undefined) this.forget(id, before.identity.state);
    this.people.set(id, person);
    if (state.status === 'absent') return;
    for (const number of liveNumbersOf(state)) this.holders.set(number, id);
    const name = nameKeyOf(state);
    if (name !== null) this.names.set(name, id);
    const address = addressKeyOf(state);
    if (address !== null) this.addresses.set(address, (this.addresses.get(address) ?? new Set()).add(id));
    const manager = managerNumberOf(state);
    if (manager === null || state.managerId !== null) return;
    const waiting = this.waiting.get(manager);
    if (waiting === undefined) this.waiting.set(manager, new Set([id]));
    else waiting.add(id);
  }

  /** The live holder of an employee number. */
  holderOf(number: string): string | null {
    return this.holders.get(number) ?? null;
  }

  /** The names of all other people. */
  namesOfOthers(id: string): Names {
    const other = (name: string): string | null => {
      const holder = this.names.get(nameKey(name));
      return holder === undefined || holder === id ? null : holder;
    };
    return {
      isTaken: (name) => other(name) !== null,
      isOthersAddress: (name) => this.addresses.get(nameKey(name))?.has(other(name) ?? '') === true,
    };
  }

  /** Adds a person who is not in the batch yet. */
  add(person: Person): void {
    if (!this.people.has(person.identity.id)) this.put(person);
  }

  /**
   * Names that people without HR's address may take, each looked up once. Without the look-up a name would seem free
   * because its holder is not loaded.
   */
  namesToLookUp(): string[] {
    const asking = [...this.people.values()].filter(({ identity: { id, state } }) => {
      if (this.lookedUp.has(id) || state.status === 'absent') return false;
      const [name, address] = [nameKeyOf(state), addressKeyOf(state)];
      return name !== address && (address !== null || name?.includes('@') === true);
    });
    return asking.flatMap(({ identity: { id, state } }) => {
      this.lookedUp.add(id);
      const attributes = state.status === 'absent' ? null : attributesOf(state);
      return attributes === null ? [] : userNameCandidates(id, attributes);
    });
  }

  /** The identity that has a name. */
  holderOfName(name: string): string | null {
    return this.names.get(nameKey(name)) ?? null;
  }

  /** The identities whose address in HR this is. */
  peopleWithAddress(name: string): string[] {
    return [...(this.addresses.get(nameKey(name)) ?? [])];
  }

  /** Identities whose manager HR names by one of these numbers, still unknown. */
  waitingFor(numbers: readonly string[]): string[] {
    return numbers.flatMap((number) => [...(this.waiting.get(number) ?? [])]);
  }

  private forget(id: string, state: Identity): void {
    if (state.status === 'absent') return;
    for (const number of liveNumbersOf(state)) if (this.holders.get(number) === id) this.holders.delete(number);
    const name = nameKeyOf(state);
    if (name !== null && this.names.get(name) === id) this.names.delete(name);
    const address = addressKeyOf(state);
    if (address !== null) this.addresses.get(address)?.delete(id);
    const manager = managerNumberOf(state);
    if (manager !== null) this.waiting.get(manager)?.delete(id);
  }
}

/** What filters over identities read: the worker's fields, every number, and the identity's own `id`, `status`, `kind`. */
export function filterResourceOf(state: KnownIdentity): object {
  return {
    ...attributesOf(state),
    employeeId: numbersOf(state),
    id: state.identityId,
    status: state.status,
    kind: state.kind,
  };
}

/** What a connector's mapping may use. */
export function mappingAttributesOf(state: KnownIdentity): Readonly<Record<string, unknown>> {
  return {
    ...attributesOf(state),
    id: state.identityId,
    userName: state.person?.userName ?? '',
    displayName: state.person?.displayName ?? '',
    ...(state.managerId === null ? {} : { managerIdentity: state.managerId }),
  };
}

export interface DesiredRow {
  readonly application: string;
  readonly version: number;
  /** Of the fold that wrote it. */
  readonly fold: number;
  readonly body: unknown;
}
