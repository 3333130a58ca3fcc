import { CallFailure } from '#libs/outgoing/failure.js';
import { type EntitlementTarget, reading } from '../../targets/targets.exports.js';
import { Lanes } from './lanes.process.js';
import { Memberships } from './memberships.process.js';

const refusal = (code: string): CallFailure =>
  new CallFailure({ class: 'validation', code, status: 400, effectUnknown: false, retryAfterMs: null, detail: code });

/** An application whose groups take so many members in a call; `refused` is never a member. */
function changesOf({ takes, refused }: { takes: number; refused?: string }) {
  const held = new Set<string>();
  const sizes: number[] = [];
  const call = (accounts: readonly string[], change: (account: string) => void): void => {
    sizes.push(accounts.length);
    if (accounts.length > takes) throw refusal('too-large');
    if (refused !== undefined && accounts.includes(refused)) throw refusal('validation');
    accounts.forEach(change);
  };
  const target: Partial<EntitlementTarget> = {
    mostAtOnce: 8,
    oneWriter: true,
    grant: async (_, accounts) => {
      call(accounts, (account) => held.add(account));
      return await Promise.resolve({ status: 200, shown: null });
    },
    revoke: async (_, accounts) => {
      call(accounts, (account) => held.delete(account));
      return await Promise.resolve(200);
    },
    holders: () => Promise.resolve({ ids: new Set(held), showsAny: held.size > 0, whole: true }),
  };
  const directory = {
    idOf: () => Promise.resolve('g1'),
    existing: () => Promise.resolve('g1'),
    isThere: () => undefined,
    isGone: () => Promise.resolve(false),
  };
  const memberships = new Memberships(target as EntitlementTarget, directory, new Lanes(1));
  const change = (op: 'add' | 'remove', accounts: readonly string[]) =>
    Promise.allSettled(
      accounts.map((account) =>
        memberships.change({ op, group: 'Staff', grantedId: null, account, priority: 1, call: reading }),
      ),
    );
  return { change, held, sizes };
}

const eight = Array.from({ length: 8 }, (_, n) => `u${n}`);

describe('a change of members that the application refuses as too large', () => {
  it('is sent in halves, and the next changes are no larger than what it took', async () => {
    const { change, held, sizes } = changesOf({ takes: 2 });
    await change('add', eight);
    expect([[...held], sizes]).toEqual([eight, [8, 4, 2, 2, 2, 2]]);
    sizes.length = 0;
    await change('remove', eight);
    expect([[...held], sizes]).toEqual([[], [2, 2, 2, 2]]);
  });

  it('is refused for the member that is too large alone', async () => {
    const { change } = changesOf({ takes: 0 });
    const results = await change('add', ['u0', 'u1']);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('a change of members of which the application refuses one', () => {
  it('is made for each of the others', async () => {
    const { change, held, sizes } = changesOf({ takes: 8, refused: 'u3' });
    const results = await change('add', eight);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect([...held]).toEqual(eight.filter((one) => one !== 'u3'));
    expect(sizes).toEqual([8, ...eight.map(() => 1)]);
  });
});
