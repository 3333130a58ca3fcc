import { sameTarget } from './same-target.js';
import type { EntitlementTarget, Target } from './target.js';

/** An application whose accounts and groups are reached in one way, and its roles in another. */
export function withRoles(
  target: Target,
  roles: EntitlementTarget,
  own: Pick<Target, 'ask' | 'quietAfterMs' | 'destroy'>,
): Target {
  return {
    ...sameTarget(target),
    // What is granted by the API may take longer than what goes by the other way.
    quietAfterMs: longest(target.quietAfterMs, own.quietAfterMs),
    ask: own.ask,
    entitlements: (kind) => (kind === 'role' ? roles : target.entitlements(kind)),
    destroy: async () => {
      await Promise.all([target.destroy(), own.destroy()]);
    },
  };
}

const longest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : Math.max(one, other);
