import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);
/** Worked on in one go before others have their turn, in bytes: about a millisecond. */
const sliceBytes = 1 << 20;
const version = 20;
const utf8Names = 0x0800;
const deflated = 8;
/** 1 January 1980, midnight, in DOS's way: the same files make the same archive, whenever it is made. */
const [time, date] = [0, 0x21];

/** Goes through bytes slice by slice; others have their turn between. */
export async function bySlice(bytes: Buffer, take: (slice: Buffer) => void): Promise<void> {
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    take(bytes.subarray(at, at + sliceBytes));
    await turn();
  }
}

/**
 * Writes a zip archive (APPNOTE.TXT §4.3) as `readZip` wants it: nothing hidden, each file described once. Packing happens
 * off the main thread, one file after the other. For less than 4 GiB.
 */
export async function writeZip(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const nameBytes = Buffer.from(name, 'utf8');
    const packed = await deflate(content, { level: 6 });
    let crc = 0;
    await bySlice(content, (slice) => (crc = crc32(slice, crc)));
    const described = numbers([version, 2], [utf8Names, 2], [deflated, 2], [time, 2], [date, 2], [crc, 4]);
    const sizes = numbers([packed.length, 4], [content.length, 4], [nameBytes.length, 2], [0, 2]);
    const local = Buffer.concat([numbers([0x04034b50, 4]), described, sizes, nameBytes]);
    // No comment, first disk, no attributes; then where the file's own header is.
    const rest = numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    directory.push(numbers([0x02014b50, 4], [version, 2]), described, sizes, rest, nameBytes);
    bodies.push(local, packed);
    at += local.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const count = files.size;
  const end = numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [listed.length, 4], [at, 4], [0, 2]);
  return Buffer.concat([...bodies, listed, end]);
}

/** Little-endian numbers of 2 or 4 bytes. */
function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
