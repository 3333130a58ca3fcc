import type { PublicEntry } from './entry.js';

/** What a leaf says, parsed from the text that was hashed. */
export interface ReadLeaf {
  readonly index: number;
  readonly identity: string | null;
  readonly entry: PublicEntry;
}

/** The columns of `leaf` that readers need. */
export interface LeafRow {
  readonly index: string;
  readonly identity: string | null;
  readonly leaf_data: string;
}

/** Selected as `l`; everything else is in the text itself. */
export const leafColumns = 'l.index, l.identity, l.leaf_data';

export function readLeaf({ index, identity, leaf_data }: LeafRow): ReadLeaf {
  return { index: Number(index), identity, entry: JSON.parse(leaf_data) as PublicEntry };
}
