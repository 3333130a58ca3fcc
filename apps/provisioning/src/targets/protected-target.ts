import { CallFailure } from '#libs/outgoing/failure.js';
import { isProtectedAccount, isProtectedGroup, type Protection } from './protection.js';
import type { AccountTarget, Call, EntitlementTarget, Target } from './target.js';

/** The same application, of which protected accounts and groups are never changed. Each is read before a change of it. */
export function withProtection(target: Target, protection: Protection): Target {
  const guardsAccounts = protection.accounts.length > 0 || protection.accountFilter !== null;
  const guardsGroups = protection.groups.length > 0 || protection.groupFilter !== null;
  const groups = target.entitlements('group');
  const guarded = guardsGroups && groups !== null ? guardedGroups(groups, protection) : groups;
  return {
    quietAfterMs: target.quietAfterMs,
    ask: target.ask,
    accounts: guardsAccounts ? guardedAccounts(target.accounts, protection) : target.accounts,
    entitlements: (kind) => (kind === 'group' ? guarded : target.entitlements(kind)),
    tryList: (call) => target.tryList(call),
    unknownPaths: (paths, call) => target.unknownPaths(paths, call),
    probe: (known, call) => target.probe(known, call),
    destroy: () => target.destroy(),
  };
}

function guardedAccounts(accounts: AccountTarget, protection: Protection): AccountTarget {
  const isProtected = isProtectedAccount(protection);
  const check = async (id: string, call: Call): Promise<void> => {
    if (isProtected({ id, active: null, at: () => [] }) || isProtected(await accounts.read(id, call)))
      throw refusal('account');
  };
  return {
    shownWithinMs: accounts.shownWithinMs,
    find: (sought, call) => accounts.find(sought, call),
    ...(accounts.findBy === undefined ? {} : { findBy: accounts.findBy.bind(accounts) }),
    expect: (sought) => accounts.expect(sought),
    findUnkept: (sought) => accounts.findUnkept(sought),
    list: (cursor, call) => accounts.list(cursor, call),
    read: (id, call) => accounts.read(id, call),
    create: (sought, written, call) => accounts.create(sought, written, call),
    change: async (id, written, before, call) => {
      await check(id, call);
      return await accounts.change(id, written, before, call);
    },
    setActive: async (id, active, call) => {
      await check(id, call);
      return await accounts.setActive(id, active, call);
    },
    remove: async (id, call) => {
      await check(id, call);
      return await accounts.remove(id, call);
    },
  };
}

function guardedGroups(groups: EntitlementTarget, protection: Protection): EntitlementTarget {
  const isProtected = isProtectedGroup(protection);
  const check = async (id: string, call: Call): Promise<void> => {
    const shown = isProtected({ id }) ? { id } : await groups.read(id, call);
    if (shown !== null && isProtected(shown)) throw refusal('group');
  };
  return {
    mostAtOnce: groups.mostAtOnce,
    oneWriter: groups.oneWriter,
    shownWithinMs: groups.shownWithinMs,
    allHolders: groups.allHolders,
    heldBy: groups.heldBy,
    create: groups.create,
    find: (name, call) => groups.find(name, call),
    list: (cursor, call) => groups.list(cursor, call),
    read: (id, call) => groups.read(id, call),
    holders: (id, accounts, call) => groups.holders(id, accounts, call),
    grant: async (id, accounts, call) => {
      await check(id, call);
      return await groups.grant(id, accounts, call);
    },
    revoke: async (id, accounts, call) => {
      await check(id, call);
      return await groups.revoke(id, accounts, call);
    },
  };
}

/** Nothing was sent: a person decides. */
function refusal(what: 'account' | 'group'): CallFailure {
  const detail = `the ${what} is protected by the connector (protected): the hub does not change it. Take it out of what is granted, or out of the protection, then retry`;
  const nothingSent = { status: null, effectUnknown: false, retryAfterMs: null };
  return new CallFailure({ class: 'validation', code: `protected-${what}`, ...nothingSent, detail });
}
