import { sameEntitlements } from './same-target.js';
import type { EntitlementTarget, ShownEntitlement } from './target.js';

/**
 * The same entitlements, each named by its id: packages say ids, and what an entitlement is called in the application may
 * change. None is made: its id is the application's to give.
 */
export function namedById(entitlements: EntitlementTarget): EntitlementTarget {
  const read: EntitlementTarget['read'] = async (id, call) => {
    const shown = await entitlements.read(id, call);
    // Some applications take an id in another case for the same one: it would be granted under two names.
    return shown?.id === id ? named(shown) : null;
  };
  return {
    ...sameEntitlements(entitlements),
    create: null,
    find: async (id, call) => {
      const found = await read(id, call);
      return found === null ? [] : [found];
    },
    read,
    list: async (cursor, call) => {
      const page = await entitlements.list(cursor, call);
      return { ...page, items: page.items.map(named) };
    },
  };
}

const named = (shown: ShownEntitlement): ShownEntitlement => ({ ...shown, name: shown.id });
