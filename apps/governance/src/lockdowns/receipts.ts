import { type AccessEvent, type Removal, type RemovalState, removalWord } from '../assignments/assignments.exports.js';

/** What became of somebody's access in one application. */
export interface Receipt {
  readonly application: string;
  /** When it was decided that nothing is left there. */
  readonly decidedAt: string;
  /** `done`: a reading of the application has shown that everything is gone. */
  readonly state: RemovalState;
  /** Time of the last news from the application; null before the first. With `done`, when it was shown to be gone. */
  readonly answeredAt: string | null;
}

/** A fact of somebody's access, and when it was recorded. */
type Recorded = AccessEvent & { readonly occurredAt: string };

/** What one assignment has to have removed in one application. */
interface Part {
  readonly assignmentId: string;
  readonly application: string;
  readonly decidedAt: string;
  readonly removal: Removal;
  readonly answeredAt: string | null;
}

/**
 * One for each application in which something was to be removed from this instant on, or was not known to be gone then.
 * Sorted by application.
 * @param facts all facts of the person's access, oldest first
 */
export function receiptsOf(from: string, facts: readonly Recorded[]): Receipt[] {
  const parts = new Map<string, Part>();
  for (const fact of facts)
    for (const part of partsOf(fact)) parts.set(`${part.assignmentId} ${part.application}`, part);
  const concerned = [...parts.values()].filter(
    ({ decidedAt, removal, answeredAt }) =>
      decidedAt >= from || removalWord([removal]) !== 'done' || (answeredAt !== null && answeredAt >= from),
  );
  return [...Map.groupBy(concerned, ({ application }) => application)]
    .map(([application, ofApplication]) => receiptOf(application, ofApplication))
    .sort((a, b) => (a.application < b.application ? -1 : 1));
}

function partsOf({ type, data, occurredAt }: Recorded): Part[] {
  if (type === 'AssignmentRevoked')
    return (data.removals ?? [])
      .filter(({ items }) => items.length > 0)
      .map((removal) => ({
        assignmentId: data.assignment.assignmentId,
        application: removal.application,
        decidedAt: data.revokedAt,
        removal,
        answeredAt: removalWord([removal]) === 'pending' ? null : occurredAt,
      }));
  if (type !== 'AssignmentRemovalChanged') return [];
  const { changed: removal, revokedAt: decidedAt } = data;
  const { assignmentId } = data.assignment;
  return [{ assignmentId, application: removal.application, decidedAt, removal, answeredAt: occurredAt }];
}

function receiptOf(application: string, parts: readonly Part[]): Receipt {
  const answers = parts.flatMap(({ answeredAt }) => answeredAt ?? []).sort();
  return {
    application,
    decidedAt: parts.map(({ decidedAt }) => decidedAt).sort()[0] ?? '',
    state: removalWord(parts.map(({ removal }) => removal)),
    answeredAt: answers.at(-1) ?? null,
  };
}
