import fc from 'fast-check';
import {
  appendLeaves,
  emptyTree,
  leafHash,
  nodeHash,
  planConsistency,
  planInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type NodeId,
  type ProofPlan,
} from './tree.js';
import { some } from '../../test/support/some.js';

/** The eight leaves of the reference tests of Certificate Transparency. */
const reference = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const referenceRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return rootOf(emptyTree);
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return leafHash(only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

function grown(leaves: readonly Buffer[]): { root: Buffer; proof: (plan: ProofPlan) => Buffer[] } {
  const { frontier, nodes } = appendLeaves(emptyTree, leaves.map(leafHash));
  const key = ({ level, index }: NodeId): string => `${level}/${index}`;
  const stored = new Map(nodes.map((node) => [key(node), node.hash]));
  const proof = (plan: ProofPlan): Buffer[] =>
    plan.assemble((id) => {
      const hash = stored.get(key(id));
      if (hash === undefined) throw new Error(`no node ${key(id)}`);
      return hash;
    });
  return { root: rootOf(frontier), proof };
}

describe('the Merkle tree', () => {
  it('has the reference roots', () => {
    expect(referenceRoots.map((_, size) => grown(reference.slice(0, size)).root.toString('hex'))).toEqual(
      referenceRoots,
    );
  });

  it('equals the recursive definition, whatever the size and the batches', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), fc.nat(70), (data, cut) => {
        const leaves = data.map((d) => Buffer.from(d));
        const first = appendLeaves(emptyTree, leaves.slice(0, cut).map(leafHash));
        const both = appendLeaves(first.frontier, leaves.slice(cut).map(leafHash));
        expect(rootOf(both.frontier)).toEqual(naiveRoot(leaves));
      }),
    );
  });

  it('proves each leaf of each size, and no other leaf or place', () => {
    for (let size = 1; size <= 17; size += 1) {
      const leaves = Array.from({ length: size }, (_, i) => Buffer.from([i]));
      const { root, proof } = grown(leaves);
      for (const [index, leaf] of some(leaves.entries())) {
        const path = proof(planInclusion(index, size));
        expect(verifyInclusion(leafHash(leaf), index, size, path, root)).toBe(true);
        expect(verifyInclusion(leafHash(Buffer.from('x')), index, size, path, root)).toBe(false);
        expect(verifyInclusion(leafHash(leaf), (index + 1) % size, size, path, root)).toBe(size === 1);
        expect(verifyInclusion(leafHash(leaf), index, size, [...path, root], root)).toBe(false);
      }
    }
  });

  it('proves that each size is a prefix of each later one, and refuses a fork', () => {
    for (let to = 1; to <= 17; to += 1) {
      const leaves = Array.from({ length: to }, (_, i) => Buffer.from([i]));
      const now = grown(leaves);
      for (let from = 0; from <= to; from += 1) {
        const then = grown(leaves.slice(0, from)).root;
        const path = now.proof(planConsistency(from, to));
        expect(verifyConsistency({ size: from, root: then }, { size: to, root: now.root }, path)).toBe(true);
        if (from === 0) continue;
        const forked = grown([Buffer.from('forged'), ...leaves.slice(1, from)]).root;
        expect(verifyConsistency({ size: from, root: forked }, { size: to, root: now.root }, path)).toBe(false);
      }
    }
  });

  it('refuses a leaf outside the tree and a size from the future', () => {
    expect(() => planInclusion(3, 3)).toThrow(RangeError);
    expect(() => planConsistency(4, 3)).toThrow(RangeError);
  });
});
