import type { FailureTerms } from '#libs/outgoing/failure.js';
import { foundOutBy } from '../worker/intent.js';
import { UniqueValues } from './unique-values.js';

const ada = '0198c0de-0000-7000-8000-0000000000a1';
const about = {
  connector: 'wiki',
  application: 'wiki',
  identityId: ada,
  accountId: null,
  desired: { epoch: 1, sequence: 1 },
};
const open = foundOutBy(about, { account: true }, [], { startedAt: '2026-03-02T10:00:00.000Z', place: 'here' });
const wanted = [{ target: 'nickName', candidates: ['ada', 'ada.b', 'ada.c'] }];
const away: FailureTerms = {
  class: 'transient',
  code: 'timeout',
  status: null,
  effectUnknown: false,
  retryAfterMs: null,
  detail: '',
};

/** Values of others, in the application and in the hub. */
const values = (there: readonly string[], here: readonly string[], claimed: string[] = []): UniqueValues =>
  new UniqueValues((_, { value }) => Promise.resolve(!there.includes(value)), {
    claim: (_identity, value) => {
      claimed.push(value);
      return Promise.resolve(!here.includes(value));
    },
  });

describe('the value that is chosen', () => {
  it('is the first that neither the application shows nor somebody else was given', async () => {
    const claimed: string[] = [];
    const chosen = await values(['ada'], ['ada.b'], claimed).choose(open, wanted, 0);
    expect(chosen).toEqual({ is: 'chosen', values: { nickName: 'ada.c' } });
    expect(claimed).toEqual(['ada.b', 'ada.c']);
  });

  it('is none where somebody else has each, and says for which target', async () => {
    expect(await values(['ada', 'ada.b'], ['ada.c']).choose(open, wanted, 0)).toEqual({
      is: 'none',
      target: 'nickName',
    });
  });

  it('waits while the application cannot be asked, and takes nothing', async () => {
    const claimed: string[] = [];
    const claim = (_: string, value: string): Promise<boolean> => {
      claimed.push(value);
      return Promise.resolve(true);
    };
    const unknown = new UniqueValues(() => Promise.resolve(away), { claim });
    expect(await unknown.choose(open, wanted, 0)).toEqual({ is: 'failed', failure: away });
    expect(claimed).toEqual([]);
  });
});
