import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { noAccess, type Access } from '../assignments/access.js';
import type { DesiredAccess } from '../desired-access/desired-access.js';
import {
  attributesOf,
  liveNumbersOf,
  managerNumberOf,
  numbersOf,
  type Identity,
  type KnownIdentity,
} from '../identities/identity.js';

/** One identity with everything it holds and should have: what decisions about a person are made on. */
export interface Person {
  readonly identity: Loaded<Identity>;
  readonly access: Loaded<Access>;
  /** By application. */
  readonly desired: ReadonlyMap<string, Loaded<DesiredAccess>>;
  /** How many decisions about them there were when they were loaded; null for somebody unknown then. */
  readonly decided: number | null;
}

export function stranger(id: string): Person {
  return {
    identity: { id, state: { status: 'absent' }, version: 0 },
    access: { id, state: noAccess, version: 0 },
    desired: new Map(),
    decided: null,
  };
}

/**
 * The people of one batch, as they stand in the middle of it: loaded with one query, changed in memory, written by one
 * work. Looks up numbers and names among them as the database would.
 */
export class Crowd {
  private readonly people = new Map<string, Person>();
  private readonly holders = new Map<string, string>();
  private readonly names = new Map<string, string>();
  private readonly waiting = new Map<string, Set<string>>();

  constructor(people: Iterable<Person>) {
    for (const person of people) this.put(person);
  }

  get(id: string): Person {
    return this.people.get(id) ?? stranger(id);
  }

  put(person: Person): void {
    const { id, state } = person.identity;
    const before = this.people.get(id);
    if (before !== undefined) this.forget(id, before.identity.state);
    this.people.set(id, person);
    if (state.status === 'absent') return;
    for (const number of liveNumbersOf(state)) this.holders.set(number, id);
    if (state.person !== null) this.names.set(state.person.userName.toLowerCase(), id);
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

  isTaken(userName: string, by: string): boolean {
    const holder = this.names.get(userName.toLowerCase());
    return holder !== undefined && holder !== by;
  }

  /** Identities whose manager HR names by one of these numbers, still unknown. */
  waitingFor(numbers: readonly string[]): string[] {
    return numbers.flatMap((number) => [...(this.waiting.get(number) ?? [])]);
  }

  private forget(id: string, state: Identity): void {
    if (state.status === 'absent') return;
    for (const number of liveNumbersOf(state)) if (this.holders.get(number) === id) this.holders.delete(number);
    if (state.person !== null) this.names.delete(state.person.userName.toLowerCase());
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

export type DesiredRow = Pick<DesiredAccessMessage, 'application'> & {
  readonly version: number;
  readonly body: DesiredAccessMessage;
};
