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
  /** Ids of accounts, once for each time that they hold it. */
  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]>;
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
  /** Of each kind that it grants, one that is there already or that it makes. */
  readonly granted: readonly { readonly kind: 'group' | 'role'; readonly name: string }[];
  /** Accounts on one page of its list. */
  readonly perPage: number;
  /** It removes accounts; others only disable them. */
  readonly removes: boolean;
  /** It keeps the person's id with the account. */
  readonly keepsExternalId: boolean;
}
