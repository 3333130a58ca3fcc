import { mostNamesakes, nameKey, numberedName, type Names } from './user-name.js';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';

/** Who has a name, or had it; null for somebody who is forgotten. */
export interface NameBearer {
  readonly name: string;
  readonly bearer: string | null;
}

/** The people who may need a made name, and how far its numbers were looked up. */
interface Made {
  readonly askers: Set<string>;
  lookedUp: number;
}

/** The least numbers of a made name that are looked up at once. */
const fewestNumbers = 4;

/**
 * The names of the people of a batch, and what was looked up about the names that may be made for them. A name counts
 * as free only if it was looked up, so that a person who is not in the batch keeps theirs.
 */
export class BatchNames {
  private readonly holders = new Map<string, string>();
  /** The people to whom HR gives an address, by address. */
  private readonly addresses = new Map<string, Set<string>>();
  /** Everybody who ever had a name. */
  private readonly given = new Map<string, Set<string | null>>();
  private readonly made = new Map<string, Made>();

  /** @param madeOf the name that is made for somebody, without a number */
  constructor(private readonly madeOf: Names['made']) {}

  /** A person has this name and this address in HR. */
  put(id: string, { name, address }: { readonly name: string | null; readonly address: string | null }): void {
    if (name !== null) this.holders.set(name, id);
    if (address !== null) this.addresses.set(address, (this.addresses.get(address) ?? new Set()).add(id));
  }

  /** A person has them no more; the name stays one that they had. */
  remove(id: string, { name, address }: { readonly name: string | null; readonly address: string | null }): void {
    if (name !== null && this.holders.get(name) === id) this.holders.delete(name);
    if (name !== null) this.note(name, id);
    if (address !== null) this.addresses.get(address)?.delete(id);
  }

  /** The identity that has a name. */
  holderOf(name: string): string | null {
    return this.holders.get(nameKey(name)) ?? null;
  }

  /** The identities whose address in HR this is. */
  peopleWithAddress(name: string): string[] {
    return [...(this.addresses.get(nameKey(name)) ?? [])];
  }

  /** The names of all other people. */
  ofOthers(id: string): Names {
    const other = (name: string): string | null => {
      const holder = this.holderOf(name);
      return holder === id ? null : holder;
    };
    return {
      made: this.madeOf,
      isTaken: (name) => other(name) !== null,
      isOthersAddress: (name) => this.addresses.get(nameKey(name))?.has(other(name) ?? '') === true,
      wasGiven: (name) => {
        const bearers = this.given.get(nameKey(name));
        return bearers === undefined || [...bearers].some((bearer) => bearer !== id);
      },
    };
  }

  /** A name may have to be made for this person. */
  ask(id: string, attributes: WorkerAttributes): void {
    const made = this.madeOf(attributes);
    const known = this.made.get(made) ?? { askers: new Set<string>(), lookedUp: 0 };
    known.askers.add(id);
    this.made.set(made, known);
  }

  /** Names to look up next: until there is a free one for each person who may need it. Empty when there are enough. */
  toLookUp(): string[] {
    return [...this.made].flatMap(([made, known]) => this.nextNumbers(made, known));
  }

  /** These names were looked up, and these people have or had some of them. */
  lookedUp(names: readonly string[], bearers: readonly NameBearer[]): void {
    for (const name of names) if (!this.given.has(nameKey(name))) this.given.set(nameKey(name), new Set());
    for (const { name, bearer } of bearers) this.note(nameKey(name), bearer);
  }

  private nextNumbers(made: string, known: Made): string[] {
    const numbers = Array.from({ length: known.lookedUp }, (_, index) => index + 1);
    const free = numbers.filter((number) => this.isFree(numberedName(made, number))).length;
    if (free >= known.askers.size || known.lookedUp >= mostNamesakes) return [];
    const wanted = Math.max(fewestNumbers, known.askers.size, known.lookedUp);
    const next = Math.min(wanted, mostNamesakes - known.lookedUp);
    const first = known.lookedUp + 1;
    known.lookedUp += next;
    return Array.from({ length: next }, (_, index) => numberedName(made, first + index));
  }

  private isFree(name: string): boolean {
    return this.holderOf(name) === null && this.given.get(nameKey(name))?.size === 0;
  }

  private note(key: string, bearer: string | null): void {
    this.given.set(key, (this.given.get(key) ?? new Set()).add(bearer));
  }
}
