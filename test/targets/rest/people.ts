import { Table } from './api.js';

/** That one account holds one thing. */
export interface Membership {
  readonly id: string;
  readonly account: string;
  readonly of: string;
}

/** Accounts, and who holds what, as the test targets keep them; each shows them in its own API's way. */
export class People<Account extends { readonly id: string }> {
  readonly accounts: Table<Account>;
  readonly memberships: Table<Membership>;

  constructor(prefix: string) {
    this.accounts = new Table<Account>(`${prefix}A`);
    this.memberships = new Table<Membership>(`${prefix}M`);
  }

  add(account: string, of: string): Membership {
    return this.memberships.put({ id: this.memberships.nextId(), account, of });
  }

  heldBy(account: string): readonly Membership[] {
    return this.memberships.all.filter((one) => one.account === account);
  }

  holdersOf(of: string): readonly string[] {
    return this.memberships.all.filter((one) => one.of === of).map(({ account }) => account);
  }

  find(account: string, of: string): Membership | undefined {
    return this.heldBy(account).find((one) => one.of === of);
  }
}
