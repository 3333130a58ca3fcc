import { ada, nowMs } from './account.fixtures.js';
import type { ShownAccount } from '../targets/targets.exports.js';
import { match, matchBy, type Sought } from './match.js';

const sought = { identityId: ada, userName: 'ada@corp.example', lostIntent: null };
const lost = (absentBefore: boolean) => ({ ...sought, lostIntent: { startedAtMs: nowMs, absentBefore } });
const created = (ms: number) => ({ createdAt: new Date(nowMs + ms).toISOString() });
const whose = (person: Sought, found: readonly Omit<ShownAccount, 'active' | 'at'>[]): ReturnType<typeof match> =>
  match(
    person,
    found.map((one) => ({ active: null, at: () => [], ...one })),
  );

describe('whose account is it', () => {
  it('is ours when it carries our id, whatever its name', () => {
    expect(whose(sought, [{ id: 'u1', externalId: ada, userName: 'renamed' }])).toMatchObject({ is: 'ours' });
  });

  it('is nobody’s when nothing is found', () => {
    expect(whose(sought, [])).toEqual({ is: 'absent' });
  });

  it('a duplicate look-up never adopts another person’s account', () => {
    const other = { id: 'u1', externalId: 'somebody-else', userName: 'ada@corp.example' };
    expect(whose(sought, [other])).toMatchObject({ is: 'disputed', code: 'account-of-another' });
    expect(whose(lost(true), [other])).toMatchObject({ is: 'disputed', code: 'account-of-another' });
  });

  it('an account with our userName alone is not ours: it may have been there before', () => {
    expect(whose(sought, [{ id: 'u1', userName: 'ADA@corp.example' }])).toMatchObject({
      is: 'disputed',
      code: 'account-of-unknown',
    });
  });

  it('is ours by its name alone when our lost intent to create it precedes it', () => {
    const named = { id: 'u1', userName: 'ada@corp.example' };
    expect(whose(lost(true), [named])).toMatchObject({ is: 'ours-by-intent' });
    expect(whose(lost(false), [{ ...named, ...created(50) }])).toMatchObject({ is: 'ours-by-intent' });
    expect(whose(lost(false), [{ ...named, ...created(-60_000) }])).toMatchObject({ is: 'disputed' });
    expect(whose(lost(false), [named])).toMatchObject({ is: 'disputed' });
  });

  it('asks a person when there are two', () => {
    const twice = [
      { id: 'u1', externalId: ada },
      { id: 'u2', externalId: ada },
    ];
    expect(whose(sought, twice)).toMatchObject({ is: 'disputed', code: 'duplicate-accounts' });
  });

  it('counts one account found by both questions once', () => {
    const one = { id: 'u1', externalId: ada, userName: 'ada@corp.example' };
    expect(whose(sought, [one, one])).toMatchObject({ is: 'ours' });
  });

  it('believes nothing of an application that ignores the question', () => {
    expect(whose(sought, [{ id: 'u7', userName: 'bob' }])).toMatchObject({
      is: 'disputed',
      code: 'look-up-unreliable',
    });
  });
});

describe('whose account a rule finds', () => {
  const rule = { target: 'employeeNumber', value: '1001' };
  const numbered = (id: string, number = '1001'): ShownAccount => ({ id, active: true, at: () => [number] });

  it('is the person’s when it finds one', () => {
    expect(matchBy(rule, ada, [numbered('u1'), numbered('u1')])).toMatchObject({ is: 'ours', user: { id: 'u1' } });
  });

  it('is nobody’s when it finds none', () => {
    expect(matchBy(rule, ada, [])).toEqual({ is: 'absent' });
  });

  it('is for a person to say when it finds several', () => {
    expect(matchBy(rule, ada, [numbered('u1'), numbered('u2')])).toMatchObject({ code: 'several-matches' });
  });

  it('is not believed when the account does not have the value', () => {
    expect(matchBy(rule, ada, [numbered('u1', '1002')])).toMatchObject({ code: 'look-up-unreliable' });
  });
});
