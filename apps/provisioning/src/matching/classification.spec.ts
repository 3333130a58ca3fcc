import { type Circumstances, classify, type Match, ranks } from './classification.js';

const ada = 'a0000000-0000-4000-8000-000000000000';
const bob = 'b0000000-0000-4000-8000-000000000000';
const by = (rule: string, rank: number, ...candidates: string[]): Match => ({ rule, rank, candidates });

const account = (more: Partial<Circumstances> = {}): Circumstances => ({
  no: 1,
  active: true,
  nonPerson: null,
  ownership: null,
  match: by('userName', 1, ada),
  sameOwner: [{ no: 1, rank: 1 }],
  person: { identity: ada, status: 'active', displayName: 'Ada', hireDate: '2020-01-01', leftAt: null },
  today: '2026-03-02',
  ...more,
});
const of = (more: Partial<Circumstances>) => classify(account(more));

describe('whose an observed account is', () => {
  it('is the one person whom the first rule finds', () => {
    expect(of({})).toEqual({ classification: 'matched', identity: ada, why: 'userName', candidates: [] });
  });

  it('is nobody’s whom a rule finds', () => {
    expect(of({ match: null })).toMatchObject({ classification: 'person-without-match', identity: null });
  });

  it('is for a person to say when several people have the value', () => {
    expect(of({ match: by('emails', 2, ada, bob) })).toEqual({
      classification: 'ambiguous',
      identity: null,
      why: 'several-people',
      candidates: [ada, bob],
    });
  });

  it('is for a person to say when one person has several accounts by the same rule', () => {
    const sameOwner = [
      { no: 1, rank: 1 },
      { no: 2, rank: 1 },
    ];
    expect(of({ sameOwner })).toMatchObject({
      classification: 'ambiguous',
      why: 'several-accounts',
      candidates: [ada],
    });
  });

  it('is the account that the better rule found; the other one is for a person to say', () => {
    const sameOwner = [
      { no: 1, rank: 1 },
      { no: 2, rank: 2 },
    ];
    expect(of({ sameOwner })).toMatchObject({ classification: 'matched', identity: ada });
    expect(of({ no: 2, match: by('emails', 2, ada), sameOwner })).toMatchObject({
      classification: 'ambiguous',
      why: 'person-has-another-account',
    });
  });

  it('is a ghost when its person has left and it may be used', () => {
    const person = {
      identity: ada,
      status: 'inactive',
      displayName: 'Ada',
      hireDate: '2020-01-01',
      leftAt: null,
    } as const;
    expect(of({ person })).toMatchObject({ classification: 'ghost', identity: ada });
    expect(of({ person, active: null })).toMatchObject({ classification: 'ghost' });
    expect(of({ person, active: false })).toMatchObject({ classification: 'matched' });
    expect(of({ person: { ...person, hireDate: '2026-04-01' } })).toMatchObject({ classification: 'matched' });
  });

  it('is not a person’s when the connector says so, unless a person decided otherwise', () => {
    expect(of({ nonPerson: 'service' })).toMatchObject({
      classification: 'not-a-person',
      why: 'service',
      identity: null,
    });
    const ownership = { decision: 'person', identityId: ada, kind: null } as const;
    const match = by('decision', ranks.decided, ada);
    const sameOwner = [{ no: 1, rank: ranks.decided }];
    expect(of({ nonPerson: 'service', ownership, match, sameOwner })).toMatchObject({
      classification: 'matched',
      identity: ada,
      why: 'decision',
    });
  });

  it('is what a person decided, whatever the rules find', () => {
    const ownership = { decision: 'not-a-person', identityId: null, kind: 'vendor' } as const;
    expect(of({ ownership })).toMatchObject({ classification: 'not-a-person', why: 'decided-vendor' });
    expect(of({ ownership: { decision: 'open', identityId: null, kind: null } })).toMatchObject({
      classification: 'ambiguous',
      why: 'asked-again',
    });
  });
});
