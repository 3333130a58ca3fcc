import { afterChange, CallFailure, isGone } from '#libs/outgoing/failure.js';
import type { Attributes, CallResult, OpenOperation } from '../../accounts/accounts.exports.js';
import {
  type Call,
  changesSeen,
  enablingSeen,
  reading,
  type ShownAccount,
  type Target,
} from '../../targets/targets.exports.js';
import { isMissing, notShown, stillThere, unverifiable } from './disabling.process.js';

/** Changes of an account whose id is known, each read back as far as the application shows the account. */
export class AccountChanges {
  /** True after the application has shown an account by its id: only then "no such account" is reliable. */
  private showsUsers = false;

  constructor(private readonly accounts: Target['accounts']) {}

  /**
   * @param before what the hub wrote last
   * @throws CallFailure as the application answered
   */
  async carryOut(open: OpenOperation, accountId: string, before: Attributes, call: Call): Promise<CallResult> {
    switch (open.kind) {
      case 'update-account':
        return await this.update(accountId, { written: open.written ?? {}, before }, call);
      case 'enable-account':
        return await this.enable(accountId, call);
      case 'disable-account':
        return await this.disable(accountId, call);
      case 'delete-account':
        return await this.remove(accountId, call);
      default:
        throw new Error(`${open.kind} is not a change of an account`);
    }
  }

  private async update(
    accountId: string,
    { written, before }: { readonly written: Attributes; readonly before: Attributes },
    call: Call,
  ): Promise<CallResult> {
    const { status, shown } = await this.accounts.change(accountId, written, before, call);
    const seen = changesSeen(shown, written);
    return { is: 'done', status, verified: false, seen, ...(shown?.active === false ? { inactive: true } : {}) };
  }

  private async enable(accountId: string, call: Call): Promise<CallResult> {
    const { status, shown } = await this.accounts.setActive(accountId, true, call);
    const seen = enablingSeen(shown);
    return { is: 'done', status, verified: false, seen, ...(seen === 'contradicted' ? { inactive: true } : {}) };
  }

  private async disable(accountId: string, call: Call): Promise<CallResult> {
    const { status, shown } = await this.accounts.setActive(accountId, false, call);
    const read = await readable(this.readBack(accountId));
    const active = read?.active ?? shown?.active ?? null;
    if (active === true)
      throw notShown(this.accounts.shownWithinMs, stillThere(status, 'the account still shows as active'));
    return { is: 'done', status, ...(active === false ? { verified: true } : unverifiable) };
  }

  private async remove(accountId: string, call: Call): Promise<CallResult> {
    this.showsUsers ||= (await this.isGone(accountId)) === false;
    const status = await this.accounts.remove(accountId, call);
    // "No such account" does not prove a deletion: a look-up decides.
    if (status === 404 || status === 410) throw isMissing(status);
    const isGone = await this.isGone(accountId);
    if (isGone === false) throw notShown(this.accounts.shownWithinMs, stillThere(status, 'the account is still there'));
    return { is: 'done', status, ...(isGone === true && this.showsUsers ? { verified: true } : unverifiable) };
  }

  private async readBack(accountId: string): Promise<ShownAccount> {
    return await this.accounts.read(accountId, reading).catch((error: unknown) => {
      throw afterChange(error);
    });
  }

  /** Null when the application does not show single accounts. */
  private async isGone(accountId: string): Promise<boolean | null> {
    try {
      return (await readable(this.readBack(accountId))) === null ? null : false;
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  }
}

/** The result of a reading; null if the application has no such reading. */
async function readable<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CallFailure && error.terms.class === 'validation') return null;
    throw error;
  }
}
