import { unreachable, type Fold } from '#libs/event-store/core.js';
import type { GroupEvent } from './group.events.js';

export interface Group {
  readonly groupId: string | null;
  /** A creation without outcome. */
  readonly open: { readonly startedAt: string; readonly lostAt: string | null } | null;
}

export const group: Fold<Group, GroupEvent> = {
  initial: { groupId: null, open: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'GroupCreationStarted':
        return { ...state, open: { startedAt: event.data.startedAt, lostAt: null } };
      case 'GroupCreationFailed': {
        const { effectUnknown, failedAt } = event.data;
        return { ...state, open: effectUnknown && state.open !== null ? { ...state.open, lostAt: failedAt } : null };
      }
      case 'GroupLinked':
        return { groupId: event.data.groupId, open: null };
      case 'GroupGone':
        return { groupId: null, open: null };
      default:
        return unreachable(event);
    }
  },
};
