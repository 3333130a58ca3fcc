import { Injectable } from '@nestjs/common';
import { isPastBrake } from '#libs/service-kit/settings/brake.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { type AccountTerms, ForeseeAccounts, type Place } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import { ChangeTakesAccounts } from './connector.errors.js';

/** What of a document decides who has an account, and what becomes of the account of somebody who is not to have one. */
export type Scoped = AccountTerms & Pick<ConnectorDocument, 'mode' | 'deprovision'>;

/** Accounts that a change of the scope takes away, of those that people have. */
export interface Losses {
  readonly loses: number;
  readonly accounts: number;
  /** It must be confirmed with their number. */
  readonly needsConfirmation: boolean;
}

const none: Losses = { loses: 0, accounts: 0, needsConfirmation: false };

/** A change of a scope that takes accounts away from many people must be confirmed with their number. */
@Injectable()
export class ConnectorBrake {
  constructor(
    private readonly accounts: ForeseeAccounts,
    private readonly settings: ServiceSettings,
  ) {}

  /** @param confirmed how many may lose their account @throws ChangeTakesAccounts */
  async check(id: string, before: Scoped | null, after: Scoped, confirmed: number | null): Promise<void> {
    const losses = await this.lossesOf(id, before, after);
    const { loses, needsConfirmation } = losses;
    if (confirmed === null ? needsConfirmation : loses > confirmed) throw new ChangeTakesAccounts(losses, confirmed);
  }

  async lossesOf(id: string, before: Scoped | null, after: Scoped): Promise<Losses> {
    if (before === null || !takesAway(before, after)) return none;
    const terms = { before: scopeAlone(before), after: scopeAlone(after) };
    let [loses, accounts] = [0, 0];
    let from: Place | null = null;
    do {
      const { people, next } = await this.accounts.page(id, terms, from);
      loses += people.filter(({ impact }) => impact?.effect === 'loses').length;
      accounts += people.filter(({ had }) => had).length;
      from = next;
    } while (from !== null);
    return { loses, accounts, needsConfirmation: loses > 0 && isPastBrake(loses, accounts, this.settings.policyBrake) };
  }
}

const takesAway = (before: Scoped, after: Scoped): boolean =>
  after.mode === 'enforce' && after.deprovision.onUnassign !== 'keep' && before.scope !== after.scope;

/** The values of a mapping decide nothing here. */
const scopeAlone = (document: Scoped): AccountTerms => ({
  ...document,
  mapping: [],
  mappingDefaults: false,
  matching: null,
});
