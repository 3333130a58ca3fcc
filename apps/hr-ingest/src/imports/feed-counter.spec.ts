import { FeedCounter } from './feed-counter.js';

const limits = { people: 500, percent: 5, atLeast: 10 };
const tallyOf = (rows: number, changes: (n: number) => object): FeedCounter => {
  const tally = new FeedCounter();
  for (let n = 0; n < rows; n += 1) {
    tally.rows += 1;
    tally.addKnown(changes(n));
  }
  return tally;
};
const reasons = (tally: FeedCounter, { cut = false, missing = 0, employed = 200 } = {}): string[] =>
  tally.reasons(cut, missing, employed, limits);

describe('a full feed', () => {
  it('passes when it changes little', () => {
    expect(reasons(tallyOf(200, (n) => (n < 9 ? { familyName: ['King', 'Lovelace'] } : {})))).toEqual([]);
  });

  it('passes when many move, or a new column fills', () => {
    expect(reasons(tallyOf(200, (n) => (n < 60 ? { department: ['Sales', 'Research'] } : {})))).toEqual([]);
    expect(reasons(tallyOf(200, () => ({ costCenter: [undefined, '1'] })))).toEqual([]);
  });

  it.each([
    ['empty', new FeedCounter(), {}],
    ['truncated', tallyOf(200, () => ({})), { cut: true }],
    ['missing', tallyOf(150, () => ({})), { missing: 50 }],
    ['shifted', tallyOf(200, (n) => (n < 20 ? { givenName: ['Ada', 'Lovelace'] } : {})), {}],
    ['shifted', tallyOf(200, (n) => (n < 120 ? { jobTitle: ['Analyst', 'London'] } : {})), {}],
    ['mis-encoded', tallyOf(200, (n) => (n === 7 ? { familyName: ['Müller', 'MÃ¼ller'] } : {})), {}],
  ])('is held when it is %s', (reason, tally, more) => {
    expect(reasons(tally, more)).toEqual([reason]);
  });

  it('is held when many rows are rejected or name other people', () => {
    const rejected = tallyOf(180, () => ({}));
    rejected.rows += 20;
    rejected.rejected += 20;
    expect(reasons(rejected)).toEqual(['rejected']);
    const others = tallyOf(200, () => ({}));
    others.others += 20;
    expect(reasons(others)).toEqual(['other-person']);
  });
});
