import type { AccountTarget, EntitlementTarget, Target } from './target.js';

/** The same application, in which nothing can be changed: a caller that tries has made a mistake. */
export function readOnly(target: Target): Target {
  const { accounts } = target;
  return {
    quietAfterMs: target.quietAfterMs,
    ask: target.ask,
    accounts: readOnlyAccounts(accounts),
    entitlements: (kind) => {
      const source = target.entitlements(kind);
      return source === null ? null : readOnlyEntitlements(source);
    },
    tryList: (call) => target.tryList(call),
    unknownPaths: (paths, call) => target.unknownPaths(paths, call),
    probe: (known, call) => target.probe(known, call),
    destroy: () => target.destroy(),
  };
}

function readOnlyAccounts(accounts: AccountTarget): AccountTarget {
  return {
    shownWithinMs: accounts.shownWithinMs,
    find: (sought, call) => accounts.find(sought, call),
    ...(accounts.findBy === undefined ? {} : { findBy: accounts.findBy.bind(accounts) }),
    expect: (sought) => accounts.expect(sought),
    findUnkept: (sought) => accounts.findUnkept(sought),
    list: (cursor, call) => accounts.list(cursor, call),
    read: (id, call) => accounts.read(id, call),
    create: refuse,
    change: refuse,
    setActive: refuse,
    remove: refuse,
  };
}

function readOnlyEntitlements(source: EntitlementTarget): EntitlementTarget {
  return {
    mostAtOnce: source.mostAtOnce,
    oneWriter: source.oneWriter,
    shownWithinMs: source.shownWithinMs,
    allHolders: source.allHolders,
    heldBy: source.heldBy,
    find: (name, call) => source.find(name, call),
    list: (cursor, call) => source.list(cursor, call),
    read: (id, call) => source.read(id, call),
    holders: (id, accounts, call) => source.holders(id, accounts, call),
    create: null,
    grant: refuse,
    revoke: refuse,
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Error('this connector observes: nothing is changed in the application'));
