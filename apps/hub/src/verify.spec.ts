import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { verify } from './verify.js';

const file = join(mkdtempSync(join(tmpdir(), 'pack-')), 'pack.zip');

function told(args: readonly string[]): { code: number; out: string } {
  let out = '';
  const capture = (chunk: string | Uint8Array): boolean => ((out += String(chunk)), true);
  const spies = [jest.spyOn(process.stdout, 'write'), jest.spyOn(process.stderr, 'write')].map((spy) =>
    spy.mockImplementation(capture),
  );
  try {
    return { code: verify(args), out };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('hub verify', () => {
  it('exits 2 when it is not asked properly, or the pack cannot be read', () => {
    for (const args of [[], ['a', 'b'], ['a', '--what'], ['a', '--key']])
      expect(told(args)).toMatchObject({ code: 2, out: expect.stringContaining('usage') });
    expect(told([`${file}.missing`])).toMatchObject({ code: 2 });
  });

  it('exits 1 for what is no intact pack, saying what is wrong', () => {
    writeFileSync(file, 'not a zip');
    expect(told([file])).toMatchObject({ code: 1, out: expect.stringContaining('NOT verified') });
  });
});
