import { describe, expect, it } from '@jest/globals';
import type { Account, AccountEvent } from '../accounts/accounts.exports.js';
import { proofOf } from './proof.js';

const since = '2026-03-02T09:00:00.000Z';
const terms = {
  operation: 'o1',
  connector: 'wiki',
  application: 'wiki',
  identityId: 'ada',
  accountId: 'u1',
  entitlement: { account: true },
  desired: { epoch: 1, sequence: 2 },
  because: [],
} as const;
const created: AccountEvent = {
  type: 'AccountCreated',
  v: 2,
  data: { ...terms, kind: 'create-account', status: 201, seen: 'yes' },
};
const disabled = (more: { verified: boolean; verifiable?: false; confirmedBy?: string }): AccountEvent => ({
  type: 'AccountDisabled',
  v: 2,
  data: { ...terms, kind: 'disable-account', status: 200, ...more },
});
const recorded = (...facts: AccountEvent[]) =>
  facts.map((fact, index) => ({ ...fact, id: `f${index + 1}`, occurredAt: `2026-03-02T09:0${index}:00.000Z` }));
const isExposed = ({ status, unverified }: Account): boolean =>
  status === 'active' || Object.keys(unverified).length > 0;
const proof = (...facts: AccountEvent[]) => proofOf(recorded(...facts), since, isExposed);

describe('the proof that access is gone', () => {
  it('is the removal that a reading has shown', () => {
    expect(proof(created, disabled({ verified: true }))).toEqual({ how: 'verified', id: 'f2' });
  });

  it('is no answer of an application that cannot show it, until a person confirms', () => {
    const hidden = disabled({ verified: false, verifiable: false });
    expect(proof(created, hidden)).toBeNull();
    expect(proof(created, hidden, disabled({ verified: true, confirmedBy: 'grace' }))).toEqual({
      how: 'confirmed',
      id: 'f3',
    });
  });

  it('is no success without a reading', () => {
    expect(proof(created, disabled({ verified: false }))).toBeNull();
  });

  it('is no removal from before the decision', () => {
    const facts = recorded(created, disabled({ verified: true }));
    expect(proofOf(facts, '2026-03-02T09:30:00.000Z', isExposed)).toBeNull();
  });

  it('is the last removal, not one after which access was given again', () => {
    const enabled: AccountEvent = {
      type: 'AccountEnabled',
      v: 2,
      data: { ...terms, kind: 'enable-account', status: 200, seen: 'yes' },
    };
    const gone = disabled({ verified: true });
    expect(proof(created, gone, enabled, gone)).toEqual({ how: 'verified', id: 'f4' });
  });
});
