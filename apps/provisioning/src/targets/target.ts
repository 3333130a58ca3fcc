import type { EntitlementKind } from '#libs/contracts/entitlement.js';

/**
 * The port between the reconcile loop and an application. What is above it (planning, journal, lanes, gate, look before
 * create, recovery) knows no protocol. What is below it lies in one folder for each protocol.
 *
 * What each implementation promises:
 *
 * - A method returns what the application showed, or throws a `CallFailure`. `effectUnknown` says whether the call can
 *   have taken effect. `class` says what the failure is about: `validation` and `conflict` this object, `throttled` and
 *   `auth` every object, `transient` the moment, `gone` an id that the application does not know. `detail` has the
 *   application's own words, without secrets.
 * - A change that is accepted and not done yet is a failure with a `ticket`, whose effect is unknown until `ask` tells.
 * - It sends each change once. Who calls decides whether a change is repeated, and looks first.
 * - Ids are opaque: byte for byte as the application sent them. An object whose id cannot be stored is not returned as
 *   if it were absent: the call fails.
 * - A search returns all that it found, or fails. An empty result means that the application answered so.
 * - A list comes in pages. Its `complete` is true only if nothing speaks against it: a list that is cut, shrinks, counts
 *   wrongly, goes in a circle or has an object that cannot be read is never complete.
 * - It believes no answer beyond what it says: `shown` is null where an answer shows nothing of the object.
 */
export interface Target {
  /**
   * Milliseconds after its intent when a call without an answer can no longer be running. Null: the application may carry
   * out a call much later, so that what is not there proves nothing: only asking tells.
   */
  readonly quietAfterMs: number | null;

  readonly accounts: AccountTarget;

  /** How entitlements of this kind are granted; null where the application grants none. */
  entitlements(kind: EntitlementKind): EntitlementTarget | null;

  /** What became of a change that was accepted and not done at once; null where nothing is answered so. */
  readonly ask: ((ticket: string, call: Call) => Promise<Asked>) | null;

  /**
   * What the application answers to a request for its list of accounts, for a person who connects it.
   * @throws CallFailure only when no answer came
   */
  tryList(call: Call): Promise<TriedList>;

  /** Those of these attribute paths that the application does not have; null where it does not say what it has. */
  unknownPaths(paths: readonly string[], call: Call): Promise<readonly string[] | null>;

  /**
   * Where the calls go, and whether it is the application that has these accounts.
   * @throws CallFailure when the application cannot be asked at all
   */
  probe(known: readonly KnownAccount[], call: Call): Promise<Probe>;

  /** Ends every call under way, at once. */
  destroy(): Promise<void>;
}

/** The answer to a request for the list of accounts. */
export interface TriedList {
  readonly status: number;
  readonly isList: boolean;
  /** The time that the answer says; null for none. */
  readonly date: string | null;
}

/** One call to an application, and the operation that it belongs to. */
export interface Call {
  /** Id of the operation, the same at each attempt: the key for an application that takes one. Null for a reading that belongs to none. */
  readonly operation: string | null;
  /**
   * Milliseconds that are left for the call; undefined for the usual time-out. @throws CallFailure `not-sent` when it is
   * too late, or calls may not be made now
   */
  leftMs(): number | undefined;
}

/** `refused`: it will not be done, in the application's words. */
export type Asked =
  | { readonly is: 'done' }
  | { readonly is: 'pending'; readonly againInMs: number }
  | { readonly is: 'refused'; readonly detail: string };

/** The accounts of an application. */
export interface AccountTarget {
  /** How long after its answer a change may not be shown yet, in milliseconds; 0 where it is shown at once. */
  readonly shownWithinMs: number;

  /** All accounts that carry the person's id or have the name, as far as the application understands the question. Who calls checks each. */
  find(sought: SoughtAccount, call: Call): Promise<readonly ShownAccount[]>;

  /**
   * All accounts that have this value at this path, as far as the application understands the question. Who calls checks
   * each. Absent where the application cannot be searched so.
   */
  findBy?(path: string, value: string, call: Call): Promise<readonly ShownAccount[]>;

  /**
   * This account will be searched for soon: an implementation may search for several in one call.
   * @returns how to say that it need not be any more
   */
  expect(sought: SoughtAccount): () => void;

  /**
   * An account that carries the person's id, and whose own id can be sent and not stored; null for none. Its id is for a
   * call at once.
   */
  findUnkept(sought: SoughtAccount): Promise<ShownAccount | null>;

  /** All accounts, page by page. @param cursor null for the first page, then `next` of the page before */
  list(cursor: string | null, call: Call): Promise<Page<ShownAccount>>;

  /** @throws CallFailure `gone` when the application knows no account of that id */
  read(id: string, call: Call): Promise<ShownAccount>;

  create(
    sought: SoughtAccount,
    written: Attributes,
    call: Call,
  ): Promise<Changed<ShownAccount> & { readonly shown: ShownAccount }>;

  /**
   * Changes these attributes and no others. Null clears.
   * @param before what the hub wrote last
   */
  change(id: string, written: Attributes, before: Attributes, call: Call): Promise<Changed<ShownAccount>>;

  setActive(id: string, active: boolean, call: Call): Promise<Changed<ShownAccount>>;

  /** Returns the status of the answer; one that says that there is no such account is an answer, too. */
  remove(id: string, call: Call): Promise<number>;
}

/** Entitlements of one kind, and who holds them. */
export interface EntitlementTarget {
  /** At most so many accounts in one grant or removal. */
  readonly mostAtOnce: number;
  /** Two changes of one entitlement must not meet: applications lose members then. */
  readonly oneWriter: boolean;
  /** How long after its answer a change may not be shown yet, in milliseconds; 0 where it is shown at once. */
  readonly shownWithinMs: number;

  /** All that have this name, as far as the application understands the question. Who calls checks each. */
  find(name: string, call: Call): Promise<readonly ShownEntitlement[]>;

  /** All entitlements of the kind, page by page. @param cursor null for the first page, then `next` of the page before */
  list(cursor: string | null, call: Call): Promise<Page<ShownEntitlement>>;

  /** Ids of all accounts that hold it, page by page; null where the application shows only what one account holds. */
  readonly allHolders: ((id: string, cursor: string | null, call: Call) => Promise<Page<string>>) | null;

  /** Ids of all that one account holds; null where the application shows only who holds one. One of both is there. */
  readonly heldBy: ((account: string, cursor: string | null, call: Call) => Promise<Page<string>>) | null;

  /** Null when the application knows none of that id. */
  read(id: string, call: Call): Promise<ShownEntitlement | null>;

  /** Makes one of that name, held by nobody; null where the application makes none. */
  readonly create: ((name: string, call: Call) => Promise<ShownEntitlement>) | null;

  /** Grants it to exactly these accounts. */
  grant(id: string, accounts: readonly string[], call: Call): Promise<Changed<ShownHolders>>;

  /** Takes it from exactly these accounts; returns the status of the answer. */
  revoke(id: string, accounts: readonly string[], call: Call): Promise<number>;

  /** Which of these accounts hold it. */
  holders(id: string, accounts: readonly string[], call: Call): Promise<ShownHolders>;
}

/** The person whose account is searched for. Null where it is not searched for by that. */
export interface SoughtAccount {
  readonly identityId: string | null;
  readonly userName: string | null;
}

/** An account as the application shows it; nothing but its id is sure to be there. */
export interface ShownAccount {
  readonly id: string;
  /** Id of the identity, where the account carries one. */
  readonly externalId?: string;
  readonly userName?: string;
  /** May it be used? Null where the application does not show it. */
  readonly active: boolean | null;
  /** When the application made it. */
  readonly createdAt?: string;
  /** Does the application tell cases apart in the text at this path? Not unless it says so. */
  isExact?(path: string): boolean;
  /** The values at a path that the mapping writes; empty where none is shown. A path may lead to several entries of a list. */
  at(path: string): readonly unknown[];
}

export interface ShownEntitlement {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
}

/** One page of a list. */
export interface Page<Item> {
  /** May be empty on any page. */
  readonly items: readonly Item[];
  /** Where the list goes on: opaque, valid after a restart too. Null after the last page. */
  readonly next: string | null;
  /** Only on the last page: all pages together are known to have shown everything. */
  readonly complete: boolean;
}

/** An account that was in the application. */
export interface KnownAccount {
  readonly id: string;
  /** Is what the application shows under the id this account? */
  isSame(shown: ShownAccount): boolean;
}

/** What the readings of known accounts said of the place. */
export interface Probe {
  /** The address that was called. */
  readonly place: string;
  /** More of the known accounts were found than accounts of others under their ids. */
  readonly proven: boolean;
  /** Positions of those that were found. */
  readonly same: readonly number[];
  /** Some could not be read: they say nothing. */
  readonly unclear: boolean;
}

/** Those who hold an entitlement, as far as the application shows them. None may mean that there are none, or that they are never shown. */
export interface ShownHolders {
  readonly ids: ReadonlySet<string>;
  /** It shows some holder or entitlement: so it could have shown this one. */
  readonly showsAny: boolean;
  /** False if there are more: beyond the limit, or in a form without an id. */
  readonly whole: boolean;
}

/** What a change was answered with. */
export interface Changed<Shown> {
  readonly status: number;
  /** The object as the answer shows it; null where it shows none. */
  readonly shown: Shown | null;
}

/** Attribute paths and their values. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A reading that belongs to no operation. */
export const reading: Call = { operation: null, leftMs: () => undefined };
