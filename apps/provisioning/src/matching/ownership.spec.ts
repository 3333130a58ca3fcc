import type { OwnershipDecided, OwnershipEvent } from './ownership.events.js';
import { decideOwnership, ownership, type OwnershipState } from './ownership.js';

const ada = 'a0000000-0000-4000-8000-000000000000';
const bob = 'b0000000-0000-4000-8000-000000000000';
const given = (...facts: OwnershipEvent[]): OwnershipState => facts.reduce(ownership.evolve, ownership.initial);
const terms = { connector: 'wiki', accountId: 'u1', decidedBy: bob, decidedAt: '2026-03-02T09:00:00.000Z' };
const isAdas = { decision: 'person', identityId: ada, kind: null } as const;
const decided = (stated: Pick<OwnershipDecided['data'], 'decision' | 'identityId' | 'kind'>): OwnershipDecided => ({
  type: 'OwnershipDecided',
  v: 1,
  data: { ...terms, ...stated },
  personal: { reason: { subject: bob, fields: { reason: 'she said so' } } },
});
const decide = (stated: Pick<OwnershipDecided['data'], 'decision' | 'identityId' | 'kind'>, state: OwnershipState) =>
  decideOwnership({ ...terms, ...stated }, 'she said so', state);

describe('deciding whose an account is', () => {
  it('is remembered with who decided and why', () => {
    expect(decide(isAdas, given())).toEqual([decided(isAdas)]);
    expect(given(decided(isAdas)).decided).toMatchObject({ ...isAdas, decidedBy: bob, reason: 'she said so' });
  });

  it('is nothing new when it is the same again', () => {
    expect(decide(isAdas, given(decided(isAdas)))).toEqual([]);
  });

  it('can be decided otherwise, and opened again', () => {
    const service = { decision: 'not-a-person', identityId: null, kind: 'service' } as const;
    const open = { decision: 'open', identityId: null, kind: null } as const;
    expect(decide(service, given(decided(isAdas)))).toEqual([decided(service)]);
    expect(decide(open, given(decided(service)))).toEqual([decided(open)]);
    expect(decide(open, given())).toEqual([]);
  });

  it('keeps the decision of somebody who is forgotten, without the reason', () => {
    const fact = decided(isAdas);
    const forgotten = { ...fact, personal: { reason: { subject: bob, fields: null } } };
    expect(given(forgotten).decided).toMatchObject({ ...isAdas, reason: null });
  });
});
