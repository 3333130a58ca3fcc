/** What a move is: another value of one of these attributes. */
export const moveAttributes = ['department', 'jobTitle', 'location'] as const;
export type MoveAttribute = (typeof moveAttributes)[number];

/** A reorganisation gave something a new name: who has the one and then the other has not moved. */
export interface Renaming {
  readonly attribute: MoveAttribute;
  readonly from: string;
  readonly to: string;
}

/** What becomes of access that no rule gives, when its holder moves. */
export interface MoverRule {
  readonly displayName: string;
  /** SCIM filter over people as they are after the move; null: everybody. */
  readonly filter: string | null;
  /** `review`: the new manager keeps, shortens or drops each assignment. `end`: it ends after the handover. */
  readonly requestedAccess: 'keep' | 'review' | 'end';
  /** Days of the handover, or within which the manager answers: what nobody keeps by then ends. */
  readonly days: number;
  /** Of all rules together. */
  readonly renames: readonly Renaming[];
}

/** The renamings of all rules for movers. */
export class Moves {
  private readonly next = new Map<string, string>();

  constructor(renames: readonly Renaming[]) {
    for (const { attribute, from, to } of renames) this.next.set(keyOf(attribute, from), keyOf(attribute, to));
  }

  /** Is it the same thing, perhaps under a newer name? */
  same(attribute: MoveAttribute, before: string | undefined, after: string | undefined): boolean {
    if (before === after) return true;
    if (before === undefined || after === undefined) return false;
    return this.newest(attribute, before) === this.newest(attribute, after);
  }

  private newest(attribute: MoveAttribute, name: string): string {
    const seen = new Set<string>();
    let key = keyOf(attribute, name);
    for (let to = this.next.get(key); to !== undefined && !seen.has(key); to = this.next.get(key)) {
      seen.add(key);
      key = to;
    }
    return key;
  }
}

/** A renaming that leads back to where it began, in order; null where there is none. */
export function circleIn(renames: readonly Renaming[]): readonly string[] | null {
  const next = new Map(
    renames.map(({ attribute, from, to }) => [keyOf(attribute, from), { key: keyOf(attribute, to), to }]),
  );
  for (const { attribute, from } of renames) {
    const names = [from];
    const start = keyOf(attribute, from);
    for (let step = next.get(start); step !== undefined && names.length <= next.size; step = next.get(step.key)) {
      names.push(step.to);
      if (step.key === start) return names;
    }
  }
  return null;
}

const keyOf = (attribute: MoveAttribute, name: string): string => `${attribute} ${name}`;
