import { ada, nowMs } from './account.fixtures.js';
import { match } from './match.js';

const sought = { identityId: ada, userName: 'ada@corp.example', lostIntent: null };
const lost = (absentBefore: boolean) => ({ ...sought, lostIntent: { startedAtMs: nowMs, absentBefore } });
const created = (ms: number) => ({ created: new Date(nowMs + ms).toISOString() });

describe('whose account is it', () => {
  it('is ours when it carries our id, whatever its name', () => {
    expect(match(sought, [{ id: 'u1', externalId: ada, userName: 'renamed' }])).toMatchObject({ is: 'ours' });
  });

  it('is nobody’s when nothing is found', () => {
    expect(match(sought, [])).toEqual({ is: 'absent' });
  });

  it('a duplicate look-up never adopts another person’s account', () => {
    const other = { id: 'u1', externalId: 'somebody-else', userName: 'ada@corp.example' };
    expect(match(sought, [other])).toMatchObject({ is: 'disputed', code: 'account-of-another' });
    expect(match(lost(true), [other])).toMatchObject({ is: 'disputed', code: 'account-of-another' });
  });

  it('an account with our userName alone is not ours: it may have been there before', () => {
    expect(match(sought, [{ id: 'u1', userName: 'ADA@corp.example' }])).toMatchObject({
      is: 'disputed',
      code: 'account-of-unknown',
    });
  });

  it('is ours by its name alone when our lost intent to create it precedes it', () => {
    const named = { id: 'u1', userName: 'ada@corp.example' };
    expect(match(lost(true), [named])).toMatchObject({ is: 'ours-by-intent' });
    expect(match(lost(false), [{ ...named, meta: created(50) }])).toMatchObject({ is: 'ours-by-intent' });
    expect(match(lost(false), [{ ...named, meta: created(-60_000) }])).toMatchObject({ is: 'disputed' });
    expect(match(lost(false), [named])).toMatchObject({ is: 'disputed' });
  });

  it('asks a person when there are two', () => {
    const twice = [
      { id: 'u1', externalId: ada },
      { id: 'u2', externalId: ada },
    ];
    expect(match(sought, twice)).toMatchObject({ is: 'disputed', code: 'duplicate-accounts' });
  });

  it('counts one account found by both questions once', () => {
    const one = { id: 'u1', externalId: ada, userName: 'ada@corp.example' };
    expect(match(sought, [one, one])).toMatchObject({ is: 'ours' });
  });

  it('believes nothing of an application that ignores the question', () => {
    expect(match(sought, [{ id: 'u7', userName: 'bob' }])).toMatchObject({
      is: 'disputed',
      code: 'look-up-unreliable',
    });
  });
});
