import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedFact } from '#libs/event-store/core.js';
import { noAccount } from './account-state.js';
import { account } from './account.js';
import { accountUpcasts, type AccountEvent } from './account.events.js';

const stored = (type: string, v: number, data: object): RecordedFact => ({
  ...{
    type,
    v,
    data,
    id: 'f1',
    stream: 'account-a.wiki',
    version: 1,
    epoch: 1,
    occurredAt: '2026-03-02T09:00:00.000Z',
  },
  ...{ actor: 'service/provisioning', correlationId: 'c1', causationId: null },
});
const read = (fact: RecordedFact): AccountEvent =>
  (accountUpcasts[fact.type]?.(fact) ?? fact) as unknown as AccountEvent;

describe('facts that named a group', () => {
  const because = ['d1'];
  it('say which entitlement they are about, under its own name', () => {
    const old = stored('MembershipAdded', 1, { accountId: 'u1', group: 'Staff', groupId: 'g7', because });
    expect(read(old)).toMatchObject({ v: 2, data: { entitlement: { group: 'Staff' }, grantedId: 'g7' } });
    const granted = { 'group:Staff': { entitlement: { group: 'Staff' }, id: 'g7', because } };
    expect(account.evolve(noAccount, read(old))).toMatchObject({ granted });
    expect(read(stored('AccountCreated', 1, { group: null }))).toMatchObject({
      data: { entitlement: { account: true } },
    });
  });

  it('stay as they are where they are of today', () => {
    const role = stored('MembershipAdded', 2, { entitlement: { role: 'Admin' }, because });
    expect(read(role)).toBe(role);
  });

  it('of every version and type fold', () => {
    const golden = readFileSync(join(import.meta.dirname, 'golden/account.facts.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const facts = golden.map((line): RecordedFact => ({ ...stored('', 1, {}), ...(JSON.parse(line) as object) }));
    const ofBoth = new Set(facts.filter(({ data }) => 'kind' in data).map(({ type, v }) => `${type}@${v}`));
    const wanted = Object.keys(accountUpcasts).map((type) => `${type}@2`);
    expect([...ofBoth]).toEqual(expect.arrayContaining(wanted));
    const last = facts.map(read).reduce((state, fact) => account.evolve(state, fact), noAccount);
    expect(last.granted).toEqual({});
  });
});
