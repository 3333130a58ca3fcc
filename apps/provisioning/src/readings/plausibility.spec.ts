import { doubtOf, type Showing } from './plausibility.js';

const showing = (more: Partial<Showing> = {}): Showing => ({
  complete: true,
  repeated: 0,
  before: 100,
  missing: 0,
  there: [],
  confirmed: null,
  ...more,
});
const reasonOf = (more: Partial<Showing>): string | null => doubtOf(showing(more))?.reason ?? null;

describe('a reading of all accounts', () => {
  it('is believed when it was paged to its end and lost few', () => {
    expect(reasonOf({})).toBeNull();
    expect(reasonOf({ missing: 19 })).toBeNull();
    expect(reasonOf({ before: 0 })).toBeNull();
  });

  it('is held when it was not paged to its end, or the list goes in a circle', () => {
    expect(reasonOf({ complete: false })).toBe('incomplete');
    expect(reasonOf({ repeated: 1 })).toBe('shown-twice');
  });

  it('is held when it does not show an account that is known to be there', () => {
    expect(reasonOf({ missing: 1, there: ['u7'] })).toBe('known-account-missing');
  });

  it('is held when it lost a fifth of the accounts, unless a person said that so many are missing', () => {
    expect(reasonOf({ missing: 20 })).toBe('lost-accounts');
    expect(reasonOf({ missing: 100 })).toBe('lost-accounts');
    expect(reasonOf({ missing: 20, confirmed: 19 })).toBe('lost-accounts');
    expect(reasonOf({ missing: 20, confirmed: 20 })).toBeNull();
  });

  it('may lose the only account, which is looked for by its id', () => {
    expect(reasonOf({ before: 1, missing: 1 })).toBeNull();
  });

  it('stays held for what nobody can confirm', () => {
    expect(reasonOf({ missing: 5, complete: false, confirmed: 100 })).toBe('incomplete');
    expect(reasonOf({ missing: 5, there: ['u7'], confirmed: 100 })).toBe('known-account-missing');
  });
});
