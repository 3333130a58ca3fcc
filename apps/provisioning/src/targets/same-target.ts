import type { AccountTarget, EntitlementTarget, Target } from './target.js';

/** The same application as a plain object, for a wrapper that replaces some of its parts. Each call goes on to it. */
export const sameTarget = (target: Target): Target => ({
  quietAfterMs: target.quietAfterMs,
  ask: target.ask,
  accounts: target.accounts,
  entitlements: (kind) => target.entitlements(kind),
  tryList: (call) => target.tryList(call),
  unknownPaths: (paths, call) => target.unknownPaths(paths, call),
  probe: (known, call) => target.probe(known, call),
  destroy: () => target.destroy(),
});

/** The same accounts as a plain object. */
export const sameAccounts = (accounts: AccountTarget): AccountTarget => ({
  shownWithinMs: accounts.shownWithinMs,
  find: (sought, call) => accounts.find(sought, call),
  ...(accounts.findBy === undefined ? {} : { findBy: accounts.findBy.bind(accounts) }),
  expect: (sought) => accounts.expect(sought),
  findUnkept: (sought) => accounts.findUnkept(sought),
  list: (cursor, call) => accounts.list(cursor, call),
  read: (id, call) => accounts.read(id, call),
  create: (sought, written, call) => accounts.create(sought, written, call),
  change: (id, written, before, call) => accounts.change(id, written, before, call),
  setActive: (id, active, call) => accounts.setActive(id, active, call),
  remove: (id, call) => accounts.remove(id, call),
});

/** The same entitlements as a plain object. */
export const sameEntitlements = (source: EntitlementTarget): EntitlementTarget => ({
  mostAtOnce: source.mostAtOnce,
  oneWriter: source.oneWriter,
  shownWithinMs: source.shownWithinMs,
  allHolders: source.allHolders,
  heldBy: source.heldBy,
  find: (name, call) => source.find(name, call),
  list: (cursor, call) => source.list(cursor, call),
  read: (id, call) => source.read(id, call),
  holders: (id, accounts, call) => source.holders(id, accounts, call),
  create: source.create,
  grant: (id, accounts, call) => source.grant(id, accounts, call),
  revoke: (id, accounts, call) => source.revoke(id, accounts, call),
});
