import type { Recorded } from '#libs/event-store/core.js';
import type { AccessEvent, Carried, Removal, RemovalState } from './access.events.js';
import { removalWord } from './removal.js';

/** One application's part in giving or taking away an assignment, since an instant. */
export type DeliveryEntry = {
  readonly application: string;
  readonly at: string;
  /** What the application said when it refused; null where it said nothing. */
  readonly words: string | null;
} & (
  | { readonly what: 'delivery'; readonly state: Carried['delivery'] }
  | { readonly what: 'removal'; readonly state: RemovalState }
);

/** What became of an assignment in each application, the earliest first; what says nothing new is left out. */
export function deliveriesOf(
  assignmentId: string,
  facts: readonly (AccessEvent & Pick<Recorded, 'occurredAt'>)[],
): DeliveryEntry[] {
  const last = new Map<string, string>();
  return facts.flatMap((fact) => {
    if (!('assignment' in fact.data) || fact.data.assignment.assignmentId !== assignmentId) return [];
    return entriesOf(fact).filter(({ application, what, state, words }) => {
      const [key, said] = [`${what} ${application}`, `${state} ${words ?? ''}`];
      const isNew = last.get(key) !== said;
      last.set(key, said);
      return isNew;
    });
  });
}

/** The newest of each application: of its removal, once that is begun. */
export function newestIn(entries: readonly DeliveryEntry[]): DeliveryEntry[] {
  return [...new Map(entries.map((entry) => [entry.application, entry])).values()];
}

function entriesOf(fact: AccessEvent & Pick<Recorded, 'occurredAt'>): DeliveryEntry[] {
  const { occurredAt: at } = fact;
  const given = ({ application, delivery: state }: Carried, words: string | null = null): DeliveryEntry => ({
    ...{ application, at, words },
    what: 'delivery',
    state,
  });
  const taken = (removal: Removal): DeliveryEntry => ({
    ...{ application: removal.application, at, words: null },
    what: 'removal',
    state: removalWord([removal]),
  });
  switch (fact.type) {
    case 'AssignmentCreated':
    case 'AssignmentStarted':
    case 'AssignmentResumed':
      return fact.data.applications.map((one) => given(one));
    case 'AssignmentDeliveryChanged':
      return [given(fact.data.carried, fact.personal?.words.fields?.words ?? null)];
    case 'AssignmentRevoked':
      return (fact.data.removals ?? []).map(taken);
    case 'AssignmentRemovalChanged':
      return [taken(fact.data.changed)];
    default:
      return [];
  }
}
