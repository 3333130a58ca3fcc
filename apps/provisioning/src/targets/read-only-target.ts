import { sameAccounts, sameEntitlements, sameTarget } from './same-target.js';
import type { AccountTarget, EntitlementTarget, Target } from './target.js';

/** The same application, in which nothing can be changed: a caller that tries has made a mistake. */
export function readOnly(target: Target): Target {
  const { accounts } = target;
  return {
    ...sameTarget(target),
    accounts: readOnlyAccounts(accounts),
    entitlements: (kind) => {
      const source = target.entitlements(kind);
      return source === null ? null : readOnlyEntitlements(source);
    },
  };
}

function readOnlyAccounts(accounts: AccountTarget): AccountTarget {
  return {
    ...sameAccounts(accounts),
    create: refuse,
    change: refuse,
    setActive: refuse,
    remove: refuse,
  };
}

function readOnlyEntitlements(source: EntitlementTarget): EntitlementTarget {
  return {
    ...sameEntitlements(source),
    create: null,
    grant: refuse,
    revoke: refuse,
  };
}

const refuse = (): Promise<never> =>
  Promise.reject(new Error('this connector observes: nothing is changed in the application'));
