import { unreachable, type Fold } from '#libs/event-store/core.js';
import type { GroupEvent, GroupLinked } from './group.events.js';

export interface Group {
  readonly groupId: string | null;
  /** It had another id before: members of the former group are not members of this one. */
  readonly remade: boolean;
  /** It has another name in the application, and no group has this one. */
  readonly inQuestion: boolean;
  /** A creation without outcome. */
  readonly open: { readonly startedAt: string; readonly lostAt: string | null } | null;
  /** When the hub began to make the group that has the id; null where it found one. */
  readonly madeAt: string | null;
}

export const group: Fold<Group, GroupEvent> = {
  version: 2,
  initial: { groupId: null, remade: false, inQuestion: false, open: null, madeAt: null },
  evolve: (state, event) => {
    switch (event.type) {
      case 'GroupCreationStarted':
        return { ...state, open: { startedAt: event.data.startedAt, lostAt: null } };
      case 'GroupCreationFailed': {
        const { effectUnknown, failedAt } = event.data;
        return { ...state, open: effectUnknown && state.open !== null ? { ...state.open, lostAt: failedAt } : null };
      }
      case 'GroupLinked':
        return { ...state, ...linked(state, event.data), inQuestion: false, open: null };
      case 'GroupGone':
        return { groupId: null, remade: true, inQuestion: false, open: null, madeAt: null };
      case 'GroupRenamed':
        return { ...state, inQuestion: true };
      default:
        return unreachable(event);
    }
  },
};

function linked(
  { groupId: before, remade, open, madeAt }: Group,
  { groupId, created }: GroupLinked['data'],
): Pick<Group, 'groupId' | 'remade' | 'madeAt'> {
  const isSame = before === groupId;
  const made = created ? (open?.startedAt ?? null) : null;
  return { groupId, remade: remade || (before !== null && !isSame), madeAt: isSame ? madeAt : made };
}
