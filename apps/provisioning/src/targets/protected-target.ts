import { CallFailure } from '#libs/outgoing/failure.js';
import { isProtectedAccount, isProtectedGroup, type Protection } from './protection.js';
import { sameAccounts, sameEntitlements, sameTarget } from './same-target.js';
import type { AccountTarget, Call, EntitlementTarget, Target } from './target.js';

type Check = (id: string, call: Call) => Promise<void>;

/** The same application, of which protected accounts and groups are never changed. Each is read before a change of it. */
export function withProtection(target: Target, protection: Protection): Target {
  const guardsAccounts = protection.accounts.length > 0 || protection.accountFilter !== null;
  const guardsGroups = protection.groups.length > 0 || protection.groupFilter !== null;
  const check = checkOf(target.accounts, protection);
  const entitlements: Target['entitlements'] = (kind) => {
    const all = target.entitlements(kind);
    const ofOthers = guardsAccounts && all !== null ? guardedHolders(all, check) : all;
    return kind === 'group' && guardsGroups && ofOthers !== null ? guardedGroups(ofOthers, protection) : ofOthers;
  };
  const [groups, roles] = [entitlements('group'), entitlements('role')];
  return {
    ...sameTarget(target),
    accounts: guardsAccounts ? guardedAccounts(target.accounts, check) : target.accounts,
    entitlements: (kind) => (kind === 'group' ? groups : kind === 'role' ? roles : target.entitlements(kind)),
  };
}

/** @throws CallFailure for a protected account */
function checkOf(accounts: AccountTarget, protection: Protection): Check {
  const isProtected = isProtectedAccount(protection);
  return async (id, call) => {
    if (isProtected({ id, active: null, at: () => [] }) || isProtected(await accounts.read(id, call)))
      throw refusal('account');
  };
}

function guardedAccounts(accounts: AccountTarget, check: Check): AccountTarget {
  return {
    ...sameAccounts(accounts),
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

/** What a protected account holds stays as it is, too. */
function guardedHolders(all: EntitlementTarget, check: Check): EntitlementTarget {
  const checkEach = async (accounts: readonly string[], call: Call): Promise<void> => {
    for (const account of accounts) await check(account, call);
  };
  return {
    ...sameEntitlements(all),
    grant: async (id, accounts, call) => {
      await checkEach(accounts, call);
      return await all.grant(id, accounts, call);
    },
    revoke: async (id, accounts, call) => {
      await checkEach(accounts, call);
      return await all.revoke(id, accounts, call);
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
    ...sameEntitlements(groups),
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
