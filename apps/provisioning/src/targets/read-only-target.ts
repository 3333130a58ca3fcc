import { sameAccounts, sameEntitlements, sameTarget } from './same-target.js';
import type { AccountTarget, EntitlementTarget, Target } from './target.js';

type Refuse = () => Promise<never>;

const observes: Refuse = () =>
  Promise.reject(new Error('this connector observes: nothing is changed in the application'));

/** The same application, in which nothing can be changed. @param refuse each change; unless given, a caller that tries has made a mistake */
export function readOnly(target: Target, refuse: Refuse = observes): Target {
  const { accounts } = target;
  return {
    ...sameTarget(target),
    accounts: readOnlyAccounts(accounts, refuse),
    entitlements: (kind) => {
      const source = target.entitlements(kind);
      return source === null ? null : readOnlyEntitlements(source, refuse);
    },
  };
}

function readOnlyAccounts(accounts: AccountTarget, refuse: Refuse): AccountTarget {
  return {
    ...sameAccounts(accounts),
    create: refuse,
    change: refuse,
    setActive: refuse,
    remove: refuse,
  };
}

function readOnlyEntitlements(source: EntitlementTarget, refuse: Refuse): EntitlementTarget {
  return {
    ...sameEntitlements(source),
    create: null,
    grant: refuse,
    revoke: refuse,
  };
}
