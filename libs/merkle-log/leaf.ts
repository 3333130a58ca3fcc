import { hasShape, objectIn, parsed } from '#libs/event-store/core.js';
import { hash } from 'node:crypto';
import { canonicalize } from './jcs.js';
import { leafHash } from './tree.js';

/** What a person's part of an entry says; known to those who may read it. */
export interface LeafPart {
  readonly subject: string;
  readonly fields: object;
}
export interface SaltedPart extends LeafPart {
  /** 32 random bytes: without them nobody can guess the part from its digest. */
  readonly salt: Buffer;
}

export interface Leaf {
  /** The text that is hashed: JCS of the public fields and a digest for each part. Holds nothing personal. */
  readonly leafData: string;
  readonly hash: Buffer;
  readonly parts: readonly SaltedPart[];
}

/** SHA-256(salt ‖ JCS(fields)) in hex. */
export function partDigest(salt: Uint8Array, fields: object): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(canonicalize(fields))]), 'hex');
}

interface Said {
  readonly subject: string;
  readonly digest: string;
}
const isSaid = hasShape<Said>({ subject: 'text', digest: 'text' });

/** What the text of a leaf says of the parts beside it. @throws Error where it is not the text of a leaf */
export function partsSaidBy(leafData: string): readonly Said[] {
  const { parts } = objectIn('the leaf', leafData);
  const areSaid = (value: unknown): boolean => Array.isArray(value) && value.every(isSaid);
  return parsed<readonly Said[]>('the leaf', areSaid, parts);
}

/**
 * Makes the leaf of an audit entry. Forgetting a person destroys salts and fields kept beside it; the leaf stays, and so
 * does every proof.
 * @param randomSalt gives 32 random bytes
 */
export function makeLeaf(
  entry: { readonly public: object; readonly parts: readonly LeafPart[] },
  randomSalt: () => Buffer,
): Leaf {
  const parts = entry.parts.map((part) => ({ ...part, salt: randomSalt() }));
  const digests = parts.map(({ subject, salt, fields }) => ({ subject, digest: partDigest(salt, fields) }));
  const leafData = canonicalize({ ...entry.public, parts: digests });
  return { leafData, hash: leafHash(leafData), parts };
}
