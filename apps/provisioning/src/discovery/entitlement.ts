import { unreachable, type Fold } from '#libs/event-store/core.js';
import type { DiscoveredKind, EntitlementEvent, EntitlementGone, EntitlementShown } from './entitlement.events.js';

/** One entitlement of an application; or, in the stream of a kind, whether all of the kind were listed once. */
export interface Discovered {
  readonly shown: { readonly name: string; readonly description: string | null; readonly gone: boolean } | null;
  readonly listed: boolean;
}

export const discovered: Fold<Discovered, EntitlementEvent> = {
  version: 1,
  initial: { shown: null, listed: false },
  evolve: (state, event) => {
    switch (event.type) {
      case 'EntitlementShown':
      case 'EntitlementGone': {
        const { name, description } = event.data;
        return { ...state, shown: { name, description, gone: event.type === 'EntitlementGone' } };
      }
      case 'EntitlementsListed':
        return { ...state, listed: true };
      default:
        return unreachable(event);
    }
  },
};

/** What an application showed of one entitlement. */
export interface Listed {
  readonly connector: string;
  readonly kind: DiscoveredKind;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/** Shown as before is nothing new. */
export function show(listed: Listed, { shown }: Discovered): EntitlementShown[] {
  const { name, description } = listed;
  const isSame = shown !== null && !shown.gone && shown.name === name && shown.description === description;
  return isSame ? [] : [{ type: 'EntitlementShown', v: 1, data: listed }];
}

/** A complete reading did not show it. */
export function miss(about: Pick<Listed, 'connector' | 'kind' | 'id'>, { shown }: Discovered): EntitlementGone[] {
  if (shown === null || shown.gone) return [];
  const { name, description } = shown;
  return [{ type: 'EntitlementGone', v: 1, data: { ...about, name, description } }];
}
