import { addCheckpointBody, judgeCheckpoint, parseAddCheckpoint, type Witnessed } from './add-checkpoint.js';
import { cosign, cosignedAt, cosignerVkeyOf, parseCosignerVkey } from './cosignature.js';
import { bodyOf, generateNoteKey, noteSigner, parseVkey, signCheckpoint, vkeyOf, type NoteVerifier } from './note.js';
import { appendLeaves, emptyTree, leafHash, planConsistency, rootOf, type TreeNode } from './tree.js';

const signer = noteSigner('hub.example/audit', generateNoteKey());
const key = parseVkey(vkeyOf(signer));
const keyOf = (origin: string): NoteVerifier | null => (origin === signer.name ? key : null);
const { nodes } = appendLeaves(
  emptyTree,
  Array.from({ length: 9 }, (_, n) => leafHash(Buffer.from(`${n}`))),
);
const hashOf = ({ level, index }: { level: number; index: number }): Buffer =>
  nodes.find((node: TreeNode) => node.level === level && node.index === index)?.hash ?? Buffer.alloc(0);
const rootAt = (size: number): Buffer =>
  rootOf(
    appendLeaves(
      emptyTree,
      Array.from({ length: size }, (_, n) => leafHash(Buffer.from(`${n}`))),
    ).frontier,
  );
const witnessed = (size: number): Witnessed => ({ size, root: rootAt(size) });
const noteOf = (size: number, root = rootAt(size)): string =>
  signCheckpoint({ origin: signer.name, size, root }, signer);
const proofOf = (from: number, to: number): Buffer[] => planConsistency(from, to).assemble(hashOf);

describe('add-checkpoint', () => {
  it('is written as C2SP tlog-witness says, and read back', () => {
    const request = { oldSize: 3, proof: proofOf(3, 9), note: noteOf(9) };
    const body = addCheckpointBody(request);
    expect(body.split('\n').slice(0, 2)).toEqual(['old 3', proofOf(3, 9)[0]?.toString('base64')]);
    expect(body).toContain(`\n\n${signer.name}\n9\n`);
    expect(parseAddCheckpoint(body)).toEqual(request);
    expect(addCheckpointBody({ oldSize: 0, proof: [], note: 'n' })).toBe('old 0\n\nn');
  });

  it.each([
    '',
    'old 3\n',
    'old 03\n\nx',
    'old -1\n\nx',
    'size 3\n\nx',
    'old 3\nAAAA\n\nx',
    `old 3\n${'x\n'.repeat(64)}\nx`,
  ])('is malformed as %j', (body) => {
    expect(() => parseAddCheckpoint(body)).toThrow(/./);
  });

  it('takes a first checkpoint, one that continues the newest, and the newest again', () => {
    const judge = (oldSize: number, size: number, newest: Witnessed | null): string =>
      judgeCheckpoint(
        { oldSize, proof: oldSize === size || oldSize === 0 ? [] : proofOf(oldSize, size), note: noteOf(size) },
        keyOf,
        newest,
      ).is;
    expect([judge(0, 4, null), judge(4, 9, witnessed(4)), judge(9, 9, witnessed(9)), judge(0, 0, null)]).toEqual(
      Array.from({ length: 4 }, () => 'taken'),
    );
  });

  it('answers a wrong old size, and another tree of the same size, with the size it has', () => {
    const conflict = { is: 'conflict', size: 4 };
    expect(judgeCheckpoint({ oldSize: 0, proof: [], note: noteOf(9) }, keyOf, witnessed(4))).toEqual(conflict);
    expect(judgeCheckpoint({ oldSize: 3, proof: proofOf(3, 9), note: noteOf(9) }, keyOf, witnessed(4))).toEqual(
      conflict,
    );
    expect(judgeCheckpoint({ oldSize: 4, proof: [], note: noteOf(4, Buffer.alloc(32)) }, keyOf, witnessed(4))).toEqual(
      conflict,
    );
  });

  it('refuses a log it does not know, another key, an old size above the new, and a proof that does not lead there', () => {
    const other = noteSigner('hub.example/audit', generateNoteKey());
    const foreign = signCheckpoint({ origin: other.name, size: 4, root: rootAt(4) }, other);
    const judge = (oldSize: number, note: string, newest: Witnessed | null, proof: Buffer[] = []): string =>
      judgeCheckpoint({ oldSize, proof, note }, keyOf, newest).is;
    expect(judge(0, noteOf(4).replace('hub.example', 'else.example'), null)).toBe('unknown-log');
    expect(judge(0, foreign, null)).toBe('untrusted');
    expect(judge(9, noteOf(4), witnessed(9))).toBe('malformed');
    expect(judge(4, noteOf(9), witnessed(4), proofOf(3, 9))).toBe('inconsistent');
    expect(judge(4, noteOf(9, Buffer.alloc(32)), witnessed(4), proofOf(4, 9))).toBe('inconsistent');
    expect(judge(0, noteOf(9), null, proofOf(4, 9))).toBe('inconsistent');
  });
});

describe('a cosignature', () => {
  const witness = noteSigner('witness.example/w1', generateNoteKey());
  const verifier = parseCosignerVkey(cosignerVkeyOf(witness));
  const body = bodyOf(noteOf(9));

  it('is a signature line of type 4 with its time, and verifies the whole body', () => {
    const line = cosign(body, 1_679_315_147, witness);
    const blob = Buffer.from(/^— witness\.example\/w1 (\S+)\n$/.exec(line)?.[1] ?? '', 'base64');
    expect(blob).toHaveLength(4 + 8 + 64);
    expect(blob.subarray(0, 4)).toEqual(verifier.keyId);
    expect(blob.readBigUInt64BE(4)).toBe(1_679_315_147n);
    expect(cosignedAt(body, `— other AAAA\n${line}`, verifier)).toBe(1_679_315_147);
  });

  it('of another body, time, name or key is none', () => {
    const line = cosign(body, 5, witness);
    const blob = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    blob.writeBigUInt64BE(6n, 4);
    expect(cosignedAt(bodyOf(noteOf(8)), line, verifier)).toBeNull();
    expect(cosignedAt(body, `— witness.example/w1 ${blob.toString('base64')}\n`, verifier)).toBeNull();
    expect(cosignedAt(body, line.replace('w1', 'w2'), verifier)).toBeNull();
    expect(cosignedAt(body, cosign(body, 5, noteSigner(witness.name, generateNoteKey())), verifier)).toBeNull();
    expect(() => parseCosignerVkey(vkeyOf(signer))).toThrow('not the key of an Ed25519 cosigner');
  });
});
