import type { EntitlementTarget, Target } from './target.js';

/** An application whose accounts and groups are reached in one way, and its roles in another. */
export function withRoles(target: Target, roles: EntitlementTarget, destroy: () => Promise<void>): Target {
  return {
    quietAfterMs: target.quietAfterMs,
    accounts: target.accounts,
    entitlements: (kind) => (kind === 'role' ? roles : target.entitlements(kind)),
    tryList: (call) => target.tryList(call),
    probe: (known, call) => target.probe(known, call),
    destroy: async () => {
      await Promise.all([target.destroy(), destroy()]);
    },
  };
}
