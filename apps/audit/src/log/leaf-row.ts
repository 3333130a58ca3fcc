import { parsed } from '#libs/event-store/core.js';
import { isEntry, type PublicEntry } from './entry.js';

/** A leaf, parsed from the hashed text. */
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

/** Selected as `l`; all other fields are in the text. */
export const leafColumns = 'l.index, l.identity, l.leaf_data';

export function readLeaf({ index, identity, leaf_data }: LeafRow): ReadLeaf {
  return { index: Number(index), identity, entry: parsed('an entry', isEntry, JSON.parse(leaf_data)) };
}
