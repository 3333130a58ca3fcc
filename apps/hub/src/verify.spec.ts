import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { makeLeaf } from '#libs/merkle-log/leaf.js';
import { logFormat } from '#libs/merkle-log/log-file.js';
import { generateNoteKey, noteSigner, signCheckpoint, vkeyOf } from '#libs/merkle-log/note.js';
import { appendLeaves, emptyTree, leafHash, rootOf } from '#libs/merkle-log/tree.js';
import { verify } from './verify.js';

const file = join(mkdtempSync(join(tmpdir(), 'pack-')), 'pack.zip');

async function told(args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const capture = (chunk: string | Uint8Array): boolean => ((out += String(chunk)), true);
  const spies = [jest.spyOn(process.stdout, 'write'), jest.spyOn(process.stderr, 'write')].map((spy) =>
    spy.mockImplementation(capture),
  );
  try {
    return { code: await verify(args), out };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('hub verify', () => {
  it('exits 2 when it is not asked properly, or the pack cannot be read', async () => {
    for (const args of [[], ['a', 'b'], ['a', '--what'], ['a', '--key']])
      expect(await told(args)).toMatchObject({ code: 2, out: expect.stringContaining('usage') });
    expect(await told([`${file}.missing`])).toMatchObject({ code: 2 });
  });

  it('exits 1 for what is no intact pack, saying what is wrong', async () => {
    writeFileSync(file, 'not a zip');
    expect(await told([file])).toMatchObject({ code: 1, out: expect.stringContaining('NOT verified') });
  });

  describe('of a whole log', () => {
    const dir = mkdtempSync(join(tmpdir(), 'log-'));
    const signer = noteSigner('hub.example/audit', generateNoteKey());
    const leaves = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      makeLeaf({ public: { name }, parts: [{ subject: name, fields: { word: name } }] }, () => Buffer.alloc(32, 7)),
    );
    const noteOf = (size: number): string => {
      const { frontier } = appendLeaves(
        emptyTree,
        leaves.slice(0, size).map(({ hash }) => hash),
      );
      return signCheckpoint({ origin: signer.name, size, root: rootOf(frontier) }, signer);
    };
    const lines = [
      JSON.stringify({ format: logFormat, vkey: vkeyOf(signer), checkpoint: noteOf(5) }),
      ...leaves.map(({ leafData, parts }, index) =>
        JSON.stringify({
          index,
          leafData,
          parts: parts.map(({ subject, salt, fields }) => ({ subject, salt: salt.toString('base64'), fields })),
        }),
      ),
    ];
    const written = (name: string, text: string): string => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const key = written('key', vkeyOf(signer));
    const log = (name: string, changed: readonly (string | undefined)[]): string =>
      written(name, `${changed.join('\n')}\n`);

    it('exits 0 for a sound one, with the key and a checkpoint that was kept', async () => {
      const kept = written('kept', noteOf(3));
      expect(await told([log('sound', lines), '--key', key, '--checkpoint', kept])).toMatchObject({
        code: 0,
        out: 'verified: 5 entries\n',
      });
      expect((await told([log('sound', lines)])).out).toContain('note: checked with the key in the file itself');
    });

    it.each([
      [
        'a changed entry',
        lines.map((line) => line.replace('{\\"name\\":\\"c\\"', '{\\"name\\":\\"x\\"')),
        'do not match',
      ],
      ['a missing entry', lines.filter((_, at) => at !== 3), 'entry 2 is missing'],
      ['a missing tail', lines.slice(0, -1), 'the checkpoint is over 5 entries, there are 4'],
      ['two that are swapped', [0, 1, 3, 2, 4, 5].map((at) => lines[at]), 'entry 1 is missing'],
      ['a changed part', lines.map((line) => line.replace('"word":"c"', '"word":"x"')), 'entry 2: part 0 was changed'],
      ['another log', lines.map((line, at) => (at === 0 ? '{"format":"x"}' : line)), 'this is not a log'],
    ])('exits 1 for one with %s', async (_, changed, finding) => {
      expect(await told([log('unsound', changed), '--key', key])).toMatchObject({
        code: 1,
        out: expect.stringContaining(finding),
      });
    });

    it('exits 1 for one that does not continue the checkpoint that was kept', async () => {
      const other = appendLeaves(emptyTree, [leafHash(Buffer.from('other'))]).frontier;
      const fork = signCheckpoint({ origin: signer.name, size: 1, root: rootOf(other) }, signer);
      const later = signCheckpoint({ origin: signer.name, size: 9, root: Buffer.alloc(32) }, signer);
      expect(await told([log('a', lines), '--key', key, '--checkpoint', written('fork', fork)])).toMatchObject({
        code: 1,
        out: expect.stringContaining('the first 1 entries do not match the checkpoint you kept'),
      });
      expect(await told([log('a', lines), '--key', key, '--checkpoint', written('later', later)])).toMatchObject({
        code: 1,
        out: expect.stringContaining('fewer than the 9'),
      });
    });
  });
});
