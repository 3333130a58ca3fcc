import { unzipSync, Zip, ZipDeflate, ZipPassThrough, zipSync } from 'fflate';
import { writeZip } from './write-zip.js';
import { readZip } from './zip.js';
import { some } from '../../test/support/some.js';

const text = (content: string): Buffer => Buffer.from(content);
const plain = Buffer.from(zipSync({ 'a.txt': text('a'.repeat(500)), 'b.txt': text('b') }));
const streamed = streamOf(new ZipDeflate('a.txt', { level: 6 }));
const without = (bytes: Buffer, what: string, by: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(what, by), 'latin1');

describe('a zip archive', () => {
  it('is read, packed or not', () => {
    for (const level of [0, 6] as const) {
      const files = readZip(Buffer.from(zipSync({ 'a.txt': text('aaaa'), 'ü/b': text('') }, { level })));
      expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([
        ['a.txt', 'aaaa'],
        ['ü/b', ''],
      ]);
    }
  });

  it('is written as it is read, by others too, and the same whenever it is', async () => {
    const files = new Map([
      ['a.txt', text('a'.repeat(3_000_000))],
      ['ü/b', text('')],
    ]);
    const bytes = await writeZip(files);
    // Jest compares large buffers byte by byte, which takes half a minute.
    expect(bytes.equals(await writeZip(files))).toBe(true);
    // Midnight of 1 January 1980, the first that the format can say.
    expect(bytes.readUInt32LE(10)).toBe(0x0021_0000);
    const read = readZip(bytes);
    expect([...read.keys()]).toEqual([...files.keys()]);
    for (const [name, content] of some(files)) expect(read.get(name)?.equals(content)).toBe(true);
    expect(Object.entries(unzipSync(bytes)).map(([name, content]) => [name, content.length])).toEqual([
      ['a.txt', 3_000_000],
      ['ü/b', 0],
    ]);
  });

  it.each([
    ['a descriptor that differs from the directory', without(streamed, 'PK\x07\x08', 'PK\x07\x07')],
    ['bytes between content and descriptor', without(streamed, 'PK\x07\x08', 'xPK\x07\x08')],
    ['sizes before and after the content', measuredTwice()],
    ['stored content without its size', streamOf(new ZipPassThrough('a.txt'))],
    ['bytes behind it', Buffer.concat([plain, text('x')])],
    ['bytes before it', Buffer.concat([text('x'), plain])],
    ['another archive before it', Buffer.concat([plain, plain])],
    ['a name of its own in a file', without(plain, 'b.txt', 'c.txt')],
    ['a cut end', plain.subarray(0, -1)],
    ['nothing in it', Buffer.alloc(0)],
    ['a file twice', without(without(plain, 'b.txt', 'a.txt'), 'b.txt', 'a.txt')],
    ['a false size', sized(3)],
    ['a size that nobody has room for', sized(0xffff_ffff)],
  ])('is refused with %s', (_, bytes) => {
    expect(() => readZip(bytes)).toThrow(/zip archive|twice|too large/);
  });

  it.each([
    ['with sizes before the content', plain],
    ['with sizes after the content', streamed],
  ])('%s never reads as anything else with one bit changed', (_, archive) => {
    const content = readZip(archive);
    let refused = 0;
    for (let bit = 0; bit < archive.indexOf('PK\x01\x02', 0, 'latin1') * 8; bit += 1) {
      const bytes = Buffer.from(archive);
      const at = Math.floor(bit / 8);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at);
      const read = readOrNull(bytes);
      // Some bits, such as those that fill up the last byte of packed content, say nothing.
      expect(read ?? content).toEqual(content);
      if (read === null) refused += 1;
    }
    expect(refused).toBeGreaterThan(400);
  });
});

/** An archive of one file, written as it comes: its sizes lie after its content. */
function streamOf(file: ZipPassThrough | ZipDeflate): Buffer {
  const pieces: Uint8Array[] = [];
  const archive = new Zip((_, piece) => pieces.push(piece));
  archive.add(file);
  file.push(text('a'.repeat(500)), true);
  archive.end();
  return Buffer.concat(pieces);
}

/** The header before the content gives the size that only the descriptor may give. */
function measuredTwice(): Buffer {
  const bytes = Buffer.from(streamed);
  bytes.writeUInt32LE(500, 22);
  return bytes;
}

function readOrNull(bytes: Buffer): Map<string, Buffer> | null {
  try {
    return readZip(bytes);
  } catch {
    return null;
  }
}

/** Both headers of `a.txt` give another size. */
function sized(size: number): Buffer {
  const bytes = Buffer.from(plain);
  const central = bytes.indexOf('PK\x01\x02', 0, 'latin1');
  bytes.writeUInt32LE(size, 22);
  bytes.writeUInt32LE(size, central + 24);
  return bytes;
}
