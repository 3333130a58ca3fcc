import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { CaseEvent } from './case.events.js';

export interface CaseComment {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  /** Null once the person who wrote it is forgotten. */
  readonly text: string | null;
}

/** What people said about a case. */
export interface CaseNotes {
  readonly assignee: string | null;
  readonly comments: readonly CaseComment[];
}

export const isCaseNotes = hasShape<CaseNotes>({ assignee: 'any', comments: 'list' });

export const caseNotes: Fold<CaseNotes, CaseEvent> = {
  version: 1,
  initial: { assignee: null, comments: [] },
  evolve: (state, event) => {
    switch (event.type) {
      case 'CaseCommented': {
        const { comment: id, by, at } = event.data;
        const text = event.personal.text.fields?.text ?? null;
        return { ...state, comments: [...state.comments, { id, by, at, text }] };
      }
      case 'CaseAssigned':
        return { ...state, assignee: event.data.assignee };
      default:
        return unreachable(event);
    }
  },
};

/** Who a case is given to, and by whom. */
export interface Assigning {
  readonly case: string;
  readonly connector: string;
  readonly by: string;
  readonly assignee: string | null;
  readonly at: string;
}

/** Given to whom it is given already: nothing. */
export function assign(given: Assigning, { assignee }: CaseNotes): CaseEvent[] {
  return given.assignee === assignee ? [] : [{ type: 'CaseAssigned', v: 1, data: given }];
}
