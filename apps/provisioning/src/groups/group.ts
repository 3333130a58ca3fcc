import { unreachable, type Fold } from '#libs/event-store/core.js';
import type { GroupEvent } from './group.events.js';

export interface Group {
  readonly groupId: string | null;
  /** It had another id before: who was made a member of that one is none of this one. */
  readonly remade: boolean;
  /** It has another name in the application, and no group has this one. */
  readonly inQuestion: boolean;
  /** A creation without outcome. */
  readonly open: { readonly startedAt: string; readonly lostAt: string | null } | null;
}

export const group: Fold<Group, GroupEvent> = {
  version: 1,
  initial: { groupId: null, remade: false, inQuestion: false, open: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'GroupCreationStarted':
        return { ...state, open: { startedAt: event.data.startedAt, lostAt: null } };
      case 'GroupCreationFailed': {
        const { effectUnknown, failedAt } = event.data;
        return { ...state, open: effectUnknown && state.open !== null ? { ...state.open, lostAt: failedAt } : null };
      }
      case 'GroupLinked':
        return { ...state, ...linked(state, event.data.groupId), inQuestion: false, open: null };
      case 'GroupGone':
        return { groupId: null, remade: true, inQuestion: false, open: null };
      case 'GroupRenamed':
        return { ...state, inQuestion: true };
      default:
        return unreachable(event);
    }
  },
};

function linked({ groupId: before, remade }: Group, groupId: string): Pick<Group, 'groupId' | 'remade'> {
  return { groupId, remade: remade || (before !== null && before !== groupId) };
}
