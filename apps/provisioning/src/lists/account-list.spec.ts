import { accountList, type AccountList, isStale, receive, remindOf } from './account-list.js';
import { AccountListOlder } from './account-list.errors.js';
import type { AccountListEvent } from './account-list.events.js';

const about = { connector: 'keys', applications: ['keys'] };
const times = { freshFor: 'P35D', remindEvery: 'P1D' };
const received = (asOf: string): AccountListEvent => ({
  type: 'AccountListReceived',
  v: 1,
  data: { ...about, asOf, accounts: 3, whole: true, by: 'b', receivedAt: asOf },
});
const after = (...facts: readonly AccountListEvent[]): AccountList =>
  facts.reduce(accountList.evolve, accountList.initial);
const march = '2026-03-01T09:00:00.000Z';
const april = '2026-04-05T09:00:00.000Z';

describe('the newest list of accounts', () => {
  it('given one of March, when one of February or the same one comes, then that is refused', () => {
    for (const asOf of ['2026-02-01T09:00:00.000Z', march])
      expect(() =>
        receive({ ...about, asOf, accounts: 1, whole: true, by: 'b', receivedAt: april }, after(received(march))),
      ).toThrow(AccountListOlder);
  });

  it('is too old after 35 days, and where there is none', () => {
    expect(isStale(after(received(march)), 'P35D', '2026-04-05T08:59:59.999Z')).toBe(false);
    expect(isStale(after(received(march)), 'P35D', april)).toBe(true);
    expect(isStale(after(), 'P35D', march)).toBe(true);
  });

  it('given it is too old, then people are reminded once a day until another comes', () => {
    const first = remindOf(about, times, april, after(received(march)));
    expect(first).toMatchObject([{ type: 'AccountListStale', data: { asOf: march, reminder: 1 } }]);
    const reminded = after(received(march), ...first);
    expect(remindOf(about, times, '2026-04-05T20:00:00.000Z', reminded)).toEqual([]);
    expect(remindOf(about, times, '2026-04-06T09:00:00.000Z', reminded)).toMatchObject([{ data: { reminder: 2 } }]);
    expect(remindOf(about, times, april, after(received(march), ...first, received(april)))).toEqual([]);
  });
});
