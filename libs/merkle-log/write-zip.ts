import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';

const deflate = promisify(deflateRaw);
/** Bytes handled before the event loop continues: about a millisecond. */
const sliceBytes = 1 << 20;
/** fflate writes the local date and time: local midnight gives the same bytes in every zone, whenever it is called. */
const modified = new Date(1980, 0, 1);

/** Handles bytes slice by slice; the event loop continues between slices. */
export async function bySlice(bytes: Buffer, take: (slice: Buffer) => void): Promise<void> {
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    take(bytes.subarray(at, at + sliceBytes));
    await turn();
  }
}

/**
 * Writes a zip archive as `readZip` wants it. The same files give the same bytes. fflate writes the format; zlib packs
 * off the main thread, one file after the other. For less than 4 GiB and 65,535 files.
 */
export async function writeZip(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const written: Uint8Array[] = [];
  const archive = new Zip((error, bytes) => {
    if (error !== null) throw error;
    written.push(bytes);
  });
  for (const [filename, content] of files) {
    const file: ZipInputFile = { filename, size: content.length, crc: 0, compression: 8, mtime: modified };
    archive.add(file);
    const packed = await deflate(content, { level: 6 });
    await bySlice(content, (slice) => (file.crc = crc32(slice, file.crc)));
    file.ondata?.(null, packed, true);
  }
  archive.end();
  return Buffer.concat(written);
}
