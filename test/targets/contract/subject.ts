import type { Attributes, Target } from '../../../apps/provisioning/src/targets/target.js';
import type { Between } from './between.js';

/** An account as it is in the application, whatever a target says. */
export interface RealAccount {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
}

/** The application behind a target, asked and changed by somebody else. */
export interface RealApplication {
  accounts(): Promise<readonly RealAccount[]>;
  /** @returns its id */
  addAccount(account: { readonly userName: string; readonly externalId?: string }): Promise<string>;
  removeAccount(id: string): Promise<void>;
  /** One attribute of an account, as the application stores it. */
  attribute(id: string, path: string): Promise<unknown>;
  /** Gives an account a list of entries, each with a type. Absent where accounts have none. */
  setEntries?(id: string, list: string, entries: readonly Entry[]): Promise<void>;
  /** Ids of accounts, once for each time that they hold it. */
  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]>;
}

/** One entry of a list of an account. */
export interface Entry {
  readonly type: string;
  readonly value: string;
}

/** A target under contract. */
export interface Subject {
  readonly target: Target;
  /** The same with credentials that the application does not know. */
  readonly stranger: Target;
  readonly between: Between;
  readonly application: RealApplication;
  /** What a mapping writes of a new account. */
  written(userName: string): Attributes;
  /** An attribute that a mapping writes, and another value of it. */
  readonly changed: { readonly path: string; readonly to: string };
  /** An attribute beside it that stays, and its value in a new account. */
  readonly kept: { readonly path: string; readonly value: string };
  /** A text that an account need not have; null where it must have every one. */
  readonly text: string | null;
  /** Of each kind that it grants, one that is there already or that it makes. */
  readonly granted: readonly { readonly kind: 'group' | 'role'; readonly name: string }[];
  /** Accounts on one page of its list. */
  readonly perPage: number;
  /** A list of which an account may have entries of type work and home; null where it has none. */
  readonly list: string | null;
  /** What it does when it is told to remove an account. */
  readonly removal: 'removes' | 'disables' | 'refuses';
  /** It keeps the person's id with the account. */
  readonly keepsExternalId: boolean;
  /** It can be searched for by the person's id. */
  readonly findsByPerson: boolean;
  /** The name of an account is shown as it was written. */
  readonly showsUserName: boolean;
  /** A second account with a name that is taken is refused. */
  readonly refusesTakenNames: boolean;
  /** It shows all who hold one entitlement, or all that one account holds. */
  readonly listsHolders: boolean;
}
