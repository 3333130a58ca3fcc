/** What desired access follows from: a person's decision about this one person, one statement, or a large piece of work. */
export type CausedBy = 'person' | 'one' | 'many';

export function causedBy({ bulk, actor }: { readonly bulk?: boolean; readonly actor: string }): CausedBy {
  if (bulk === true) return 'many';
  return actor.startsWith('service/') ? 'one' : 'person';
}

/** Code of an account whose removal the limit of the connector holds. */
export const removalHeld = 'removal-held';
