import type { ExposureProof } from '#libs/contracts/exposures.js';
import { account, type Account, type AccountEvent } from '../accounts/accounts.exports.js';
import type { Proof } from './exposure.js';

/** A fact of an account, as it is stored. */
type Recorded = AccountEvent & { readonly id: string; readonly occurredAt: string };

/**
 * What shows that nothing is exposed any more: the fact with which the last of it went. Null where that fact rests on no reading and on no
 * person's word, or where there is none: then nothing has proven it.
 * @param facts all facts of the account, oldest first
 * @param since what is older proves nothing
 * @param isExposed whether something of an account in this state should have ended
 */
export function proofOf(
  facts: readonly Recorded[],
  since: string,
  isExposed: (state: Account) => boolean,
): Proof | null {
  let state = account.initial;
  let wasExposed = false;
  let last: Recorded | null = null;
  for (const fact of facts) {
    state = account.evolve(state, fact);
    const still = isExposed(state);
    if (wasExposed && !still && fact.occurredAt >= since) last = fact;
    wasExposed = still;
  }
  const how = last === null ? null : proves(last);
  return last === null || how === null ? null : { how, id: last.id };
}

function proves(fact: AccountEvent): ExposureProof | null {
  switch (fact.type) {
    case 'AccountDisabled':
    case 'AccountDeleted':
    case 'MembershipRemoved':
    case 'RoleRevoked':
      if (fact.data.confirmedBy !== undefined) return 'confirmed';
      return fact.data.verified ? 'verified' : null;
    case 'DriftDetected':
    case 'AccountAdopted':
      return 'read';
    case 'OperationFailed':
      if (fact.data.code === 'gone') return 'read';
      return fact.data.effect === 'none' ? 'never-given' : null;
    default:
      return null;
  }
}
