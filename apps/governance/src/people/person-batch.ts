import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { type Access, noAccess } from '../assignments/assignments.exports.js';
import type { DesiredAccess } from '../desired-access/desired-access.exports.js';
import {
  addressKeyOf,
  attributesOf,
  BatchNames,
  type Identity,
  type KnownIdentity,
  liveNumbersOf,
  managerNumberOf,
  type NameBearer,
  nameKey,
  nameKeyOf,
  type Names,
  numbersOf,
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

/** What HR is about to state of somebody. */
export interface StatedPerson {
  readonly id: string;
  readonly employed: boolean;
  readonly attributes: WorkerAttributes;
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
  private readonly names: BatchNames;
  private readonly waiting = new Map<string, Set<string>>();
  private readonly asked = new Set<string>();
  private readonly addressesLookedUp = new Set<string>();

  /** @param made the name that is made for somebody of whom HR states this */
  constructor(people: Iterable<Person>, made: Names['made']) {
    this.names = new BatchNames(made);
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
    this.names.put(id, namesIn(state));
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
    return this.names.ofOthers(id);
  }

  /** Adds a person who is not in the batch yet. */
  add(person: Person): void {
    if (!this.people.has(person.identity.id)) this.put(person);
  }

  /** Addresses in HR of people who have another name, each once: the holder of such a name must be loaded. */
  addressesToLookUp(): string[] {
    const wanted = [...this.people.values()].flatMap(({ identity: { state } }) => {
      if (state.status === 'absent') return [];
      const { name, address } = namesIn(state);
      return address === null || address === name || this.addressesLookedUp.has(address) ? [] : [address];
    });
    for (const address of wanted) this.addressesLookedUp.add(address);
    return wanted;
  }

  /**
   * Made names that the people of the batch may take, and that were not looked up yet: without that a name would seem free
   * because its holder is not loaded.
   * @param stated what HR is about to state
   */
  namesToLookUp(stated: readonly StatedPerson[]): string[] {
    const addresses = Map.groupBy(stated, ({ attributes: { email } }) => nameKey(email ?? ''));
    for (const { id, employed, attributes } of stated) {
      const sharing = addresses.get(nameKey(attributes.email ?? '')) ?? [];
      const isShared = sharing.some((one) => one.id !== id);
      // Who has left claims no address; who is known has a name.
      const claims = (employed || this.people.has(id)) && !isShared;
      if (this.mayNeedName(id, claims ? attributes.email : undefined)) this.ask(id, attributes);
    }
    for (const { identity } of this.people.values()) this.askForLoser(identity);
    return this.names.toLookUp();
  }

  /** These names were looked up, and these people have or had some of them. */
  lookedUp(names: readonly string[], bearers: readonly NameBearer[]): void {
    this.names.lookedUp(names, bearers);
  }

  /** The identity that has a name. */
  holderOfName(name: string): string | null {
    return this.names.holderOf(name);
  }

  /** The identities whose address in HR this is. */
  peopleWithAddress(name: string): string[] {
    return this.names.peopleWithAddress(name);
  }

  /** Identities whose manager HR names by one of these numbers, still unknown. */
  waitingFor(numbers: readonly string[]): string[] {
    return numbers.flatMap((number) => [...(this.waiting.get(number) ?? [])]);
  }

  /** @param address that HR states for this person alone among those of the batch */
  private mayNeedName(id: string, address: string | undefined): boolean {
    if (address !== undefined) {
      const others = [this.names.holderOf(address), ...this.names.peopleWithAddress(address)];
      return others.some((other) => other !== null && other !== id);
    }
    const { state } = this.get(id).identity;
    const name = state.status === 'absent' ? null : nameKeyOf(state);
    return name === null || name.includes('@');
  }

  /** Somebody who has another name than their address, and may lose it to whom HR gives it. */
  private askForLoser({ id, state }: Loaded<Identity>): void {
    if (state.status === 'absent') return;
    const { name, address } = namesIn(state);
    const attributes = attributesOf(state);
    const mayLoseIt = name !== address && (address !== null || name?.includes('@') === true);
    if (attributes !== null && mayLoseIt) this.ask(id, attributes);
  }

  private ask(id: string, attributes: WorkerAttributes): void {
    if (this.asked.has(id)) return;
    this.asked.add(id);
    this.names.ask(id, attributes);
  }

  private forget(id: string, state: Identity): void {
    if (state.status === 'absent') return;
    for (const number of liveNumbersOf(state)) if (this.holders.get(number) === id) this.holders.delete(number);
    this.names.remove(id, namesIn(state));
    const manager = managerNumberOf(state);
    if (manager !== null) this.waiting.get(manager)?.delete(id);
  }
}

const namesIn = (state: KnownIdentity): { readonly name: string | null; readonly address: string | null } => ({
  name: nameKeyOf(state),
  address: addressKeyOf(state),
});

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
