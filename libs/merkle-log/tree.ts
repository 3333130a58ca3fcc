import { hash as digest } from 'node:crypto';

/** Hash of a leaf: SHA-256(0x00 ‖ data) (RFC 6962 §2.1, RFC 9162 §2.1.1). @param data bytes, or a text that counts in UTF-8 */
export function leafHash(data: Uint8Array | string): Buffer {
  return sha256(typeof data === 'string' ? `\0${data}` : Buffer.concat([leafPrefix, data]));
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]));
}

/** As text and back: a digest that is returned as bytes is memory of its own, which costs more than the hash of a node. */
const sha256 = (data: string | Uint8Array): Buffer => Buffer.from(digest('sha256', data, 'binary'), 'binary');

/** Length of every hash (SHA-256). */
export const hashBytes = 32;

const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);
const emptyRoot = sha256('');

/** A complete subtree: `index`th of those with 2^level leaves. Level 0 are the leaves. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}
export interface TreeNode extends NodeId {
  readonly hash: Buffer;
}

/** The right edge of a tree: the roots of its complete subtrees, largest first. Enough to append and to give the root. */
export interface Frontier {
  readonly size: number;
  readonly edge: readonly Buffer[];
}

export const emptyTree: Frontier = { size: 0, edge: [] };

/** Appends leaves; returns the new edge and every subtree that became complete (leaves included), to be stored. */
export function appendLeaves(frontier: Frontier, hashes: readonly Buffer[]): { frontier: Frontier; nodes: TreeNode[] } {
  const edge = [...frontier.edge];
  const nodes: TreeNode[] = [];
  let size = frontier.size;
  for (const leaf of hashes) {
    let node: TreeNode = { level: 0, index: size, hash: leaf };
    nodes.push(node);
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      const left = edge.pop();
      if (left === undefined) throw new Error('the frontier does not match the size');
      node = { level: node.level + 1, index: Math.floor(node.index / 2), hash: nodeHash(left, node.hash) };
      nodes.push(node);
    }
    edge.push(node.hash);
    size += 1;
  }
  return { frontier: { size, edge }, nodes };
}

/** Root of the whole tree; SHA-256 of nothing for the empty one (RFC 6962 §2.1). */
export function rootOf({ edge }: Frontier): Buffer {
  const [last, ...others] = [...edge].reverse();
  if (last === undefined) return emptyRoot;
  return others.reduce<Buffer>((right, left) => nodeHash(left, right), last);
}

/** The complete subtrees, largest first, that together are the leaves [from, to). */
export function subtrees(from: number, to: number): NodeId[] {
  const ids: NodeId[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    ids.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return ids;
}

/** One hash of a proof: the root over the leaves [from, to), folded from complete subtrees. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Largest power of two below n, for n > 1. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function inclusionRanges(index: number, from: number, to: number): Range[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  return index < middle
    ? [...inclusionRanges(index, from, middle), { from: middle, to }]
    : [...inclusionRanges(index, middle, to), { from, to: middle }];
}

function consistencyRanges(oldSize: number, from: number, to: number, whole: boolean): Range[] {
  if (oldSize === to) return whole ? [] : [{ from, to }];
  const middle = from + split(to - from);
  return oldSize <= middle
    ? [...consistencyRanges(oldSize, from, middle, whole), { from: middle, to }]
    : [...consistencyRanges(oldSize, middle, to, false), { from, to: middle }];
}

/** A proof to be assembled: read the `nodes` (in one query), then call `assemble`. O(log² size) nodes at most. */
export interface ProofPlan {
  readonly nodes: readonly NodeId[];
  /** @param hashOf the stored hash of each of `nodes` */
  readonly assemble: (hashOf: (id: NodeId) => Buffer) => Buffer[];
}

function plan(ranges: readonly Range[]): ProofPlan {
  const parts = ranges.map(({ from, to }) => subtrees(from, to));
  return {
    nodes: parts.flat(),
    assemble: (hashOf) => parts.map((ids) => rootOf({ size: 0, edge: ids.map(hashOf) })),
  };
}

/** Audit path of leaf `index` in the tree of the first `size` leaves (RFC 6962 §2.1.1). @throws RangeError if it is not in it */
export function planInclusion(index: number, size: number): ProofPlan {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  }
  return plan(inclusionRanges(index, 0, size));
}

/** Proof that the tree of `oldSize` leaves is a prefix of the tree of `newSize` (RFC 6962 §2.1.2). @throws RangeError */
export function planConsistency(oldSize: number, newSize: number): ProofPlan {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize) {
    throw new RangeError(`a tree of ${oldSize} is not a prefix of one of ${newSize}`);
  }
  return plan(oldSize === 0 || oldSize === newSize ? [] : consistencyRanges(oldSize, 0, newSize, true));
}

/** A leaf's way up: `at` its index among `last + 1` nodes of a level. */
interface Way {
  at: number;
  last: number;
}

function up(way: Way): void {
  way.at = Math.floor(way.at / 2);
  way.last = Math.floor(way.last / 2);
}

/** Is the next sibling on the left? Then also skips the levels on which there is none (RFC 9162 §2.1.3.2, step 4). */
function siblingIsLeft(way: Way): boolean {
  if (way.at % 2 === 0 && way.at !== way.last) return false;
  while (way.at % 2 === 0 && way.at !== 0) up(way);
  return true;
}

/** Does the path lead from this leaf to this root? (RFC 9162 §2.1.3.2) */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
  root: Buffer,
): boolean {
  if (index < 0 || index >= size) return false;
  const way = { at: index, last: size - 1 };
  let hash = leaf;
  for (const sibling of path) {
    if (way.last === 0) return false;
    hash = siblingIsLeft(way) ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    up(way);
  }
  return way.last === 0 && hash.equals(root);
}

/** Is the tree with `oldRoot` a prefix of the one with `newRoot`? (RFC 9162 §2.1.4.2) */
export function verifyConsistency(
  { size: oldSize, root: oldRoot }: { size: number; root: Buffer },
  { size: newSize, root: newRoot }: { size: number; root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && oldRoot.equals(newRoot);
  if (oldSize === 0) return proof.length === 0 && oldRoot.equals(emptyRoot);
  const ends = climbed(oldSize, newSize, Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : proof);
  return ends !== null && ends.before.equals(oldRoot) && ends.after.equals(newRoot);
}

/** The roots that a proof leads to; null for one that is too short or too long. */
function climbed(
  oldSize: number,
  newSize: number,
  [first, ...rest]: readonly Buffer[],
): { readonly before: Buffer; readonly after: Buffer } | null {
  if (first === undefined) return null;
  const way = { at: oldSize - 1, last: newSize - 1 };
  while (way.at % 2 === 1) up(way);
  let before = first;
  let after = first;
  for (const hash of rest) {
    if (way.last === 0) return null;
    const isLeft = siblingIsLeft(way);
    if (isLeft) before = nodeHash(hash, before);
    after = isLeft ? nodeHash(hash, after) : nodeHash(after, hash);
    up(way);
  }
  return way.last === 0 ? { before, after } : null;
}
