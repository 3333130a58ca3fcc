import { sameTarget } from '#apps/provisioning/src/targets/same-target.js';
import type { AccountTarget, Call, EntitlementTarget, Target } from '../../../apps/provisioning/src/targets/target.js';
import { startScimStub } from '../scim-stub.js';
import { broken } from './promises.js';
import { type Running, scimSubject, token, usualScim } from './subjects.js';

/** A target that does one thing wrong, and the promises that it breaks. */
type Breaking = (right: Target) => Partial<AccountTarget> | { readonly group: Partial<EntitlementTarget> };

/** Effects that come after their answers. */
const late: Promise<unknown>[] = [];
const later = (effect: () => Promise<unknown>): void => {
  const waited = new Promise((done) => setTimeout(done, 50));
  late.push(waited.then(effect).catch(() => undefined));
};

/** A call that is made again when it failed. */
const twice = async <T>(attempt: () => Promise<T>): Promise<T> => await attempt().catch(attempt);

const brokenTargets: Readonly<Record<string, { readonly breaks: readonly string[]; readonly by: Breaking }>> = {
  'that forgets the look-up': {
    breaks: ['an account that it made is found by the person’s id and by its name'],
    by: () => ({ find: () => Promise.resolve([]) }),
  },
  'that answers before the effect': {
    breaks: ['an account is disabled, enabled and removed, and a reading shows each'],
    by: ({ accounts }) => ({
      setActive: (id, active, call) => {
        later(() => accounts.setActive(id, active, call));
        return Promise.resolve({ status: 200, shown: null });
      },
    }),
  },
  'that loses a page': {
    breaks: ['a list shows every account, page by page'],
    by: ({ accounts }) => ({
      list: async (cursor, call) => ({ ...(await accounts.list(cursor, call)), next: null, complete: true }),
    }),
  },
  'that calls every list complete': {
    breaks: ['a list that passed over an account, because another one went, is not complete'],
    by: ({ accounts }) => ({
      list: async (cursor, call) => ({ ...(await accounts.list(cursor, call)), complete: true }),
    }),
  },
  'that verifies blindly': {
    breaks: ['an answer without an effect is not taken for the effect'],
    by: ({ accounts }) => ({
      setActive: async (id, active, call) => {
        const { status } = await accounts.setActive(id, active, call);
        return { status, shown: { id, active, at: () => [] } };
      },
    }),
  },
  'that verifies a grant blindly': {
    breaks: ['an answer without an effect is not taken for the effect'],
    by: (right) => ({
      group: {
        grant: async (id: string, accounts: readonly string[], call: Call) => {
          const { status } = await groupsOf(right).grant(id, accounts, call);
          return { status, shown: { ids: new Set(accounts), showsAny: true, whole: true } };
        },
      },
    }),
  },
  'that claims a foreign account': {
    breaks: ['an account of another person is shown as theirs'],
    by: ({ accounts }) => ({
      find: async (sought, call) =>
        (await accounts.find(sought, call)).map((one) => ({ ...one, externalId: sought.identityId ?? '' })),
    }),
  },
  'that doubles on retry': {
    breaks: ['a lost answer leaves the effect unknown, and the change was sent once'],
    by: ({ accounts }) => ({
      create: (sought, written, call) => twice(() => accounts.create(sought, written, call)),
    }),
  },
  'that doubles a grant on retry': {
    breaks: ['a lost answer to a grant or removal leaves the effect unknown, and it was sent once'],
    by: (right) => ({
      group: {
        grant: (id: string, accounts: readonly string[], call: Call) =>
          twice(() => groupsOf(right).grant(id, accounts, call)),
      },
    }),
  },
  'that takes from more than it is told to': {
    breaks: ['what it grants is found by name, granted to exactly these accounts, and taken from exactly these'],
    by: (right) => ({
      group: {
        revoke: async (id: string, accounts: readonly string[], call: Call) => {
          const { ids } = await groupsOf(right).holders(id, accounts, call);
          return await groupsOf(right).revoke(id, [...ids], call);
        },
      },
    }),
  },
  'that calls what it does not know absent': {
    breaks: ['what is not there is not found, and an unknown id is gone'],
    by: () => ({ read: (id) => Promise.resolve({ id, active: null, at: () => [] }) }),
  },
};

describe('a broken target is named by the promise that it breaks: one', () => {
  let running: Running;
  beforeAll(async () => {
    const terms = { ...usualScim, granted: [{ kind: 'group', name: 'Contract' }] as const, perPage: 100 };
    running = await scimSubject(await startScimStub({ token }), terms);
  });
  afterAll(() => running.stop());

  it.each(Object.entries(brokenTargets))('%s', async (name, { breaks, by }) => {
    const { subject } = running;
    const target = brokenBy(subject.target, by);
    // A group of its own: what a broken target leaves in it is nobody else's.
    const granted = [{ kind: 'group', name }] as const;
    expect(await broken({ ...subject, target, granted }, breaks)).toEqual(breaks);
    // What comes late would count as a write of whatever is tried next.
    await Promise.all(late.splice(0));
    expect(await broken(subject, breaks)).toEqual([]);
  });
});

function groupsOf(target: Target): EntitlementTarget {
  const groups = target.entitlements('group');
  if (groups === null) throw new Error('it grants groups');
  return groups;
}

function brokenBy(right: Target, by: Breaking): Target {
  const wrong = by(right);
  const isOfGroups = 'group' in wrong;
  return {
    ...sameTarget(right),
    accounts: over(right.accounts, isOfGroups ? {} : wrong),
    entitlements: (kind) =>
      kind === 'group' && isOfGroups ? over(groupsOf(right), wrong.group) : right.entitlements(kind),
  };
}

/** The same with some methods replaced. */
function over<Part extends object>(right: Part, wrong: Partial<Part>): Part {
  return new Proxy(right, {
    get: (of, name) => {
      const value: unknown = Reflect.get(wrong, name) ?? Reflect.get(of, name, of);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}
