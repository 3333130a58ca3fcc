import { crc32, inflateRawSync } from 'node:zlib';

/** Largest archive that is unpacked, in bytes of content. */
const maxUnpacked = 1 << 30;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const descriptorBytes = 16;
const stored = 0;
const deflated = 8;
/** Flags (APPNOTE.TXT §4.4.4): encrypted; checksum and sizes only in a data descriptor after the content. */
const encrypted = 0b0001;
const described = 0b1000;

/** Of one file, as the central directory says (APPNOTE.TXT §4.3.12). */
interface Listed {
  readonly name: string;
  /** Version, flags, method and times: what the file's own header must repeat. */
  readonly repeated: Buffer;
  /** Checksum and sizes: what the file's own header must repeat, or its data descriptor. */
  readonly measures: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly nameBytes: Buffer;
  readonly localAt: number;
}

/**
 * Reads a zip archive without hidden content: each file once, one after the other without a gap, its own header the
 * same as in the directory, nothing before, between or behind. Any two programs that unpack it see the same files.
 * @throws Error saying what is odd: also for more than 1 GiB of content, encryption, zip64, stored content without its
 * size
 */
export function readZip(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const { listed, directoryAt } = directory(bytes);
  let at = 0;
  let total = 0;
  for (const file of listed) {
    if (files.has(file.name)) throw new Error(`${file.name} is in it twice`);
    total += file.unpacked;
    if (total > maxUnpacked) throw new Error('the pack is too large');
    const { content, end } = read(bytes, file, at);
    files.set(file.name, content);
    at = end;
  }
  if (at !== directoryAt) throw oddZip('it contains bytes outside of its files');
  return files;
}

function directory(bytes: Buffer): { listed: Listed[]; directoryAt: number } {
  const end = bytes.length - endBytes;
  if (end < 0 || bytes.readUInt32LE(end) !== 0x06054b50) throw oddZip('its end is missing, or something follows it');
  const [disk, count] = [bytes.readUInt32LE(end + 4), bytes.readUInt16LE(end + 10)];
  const [size, directoryAt] = [bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  if (
    disk !== 0 ||
    bytes.readUInt16LE(end + 8) !== count ||
    bytes.readUInt16LE(end + 20) !== 0 ||
    directoryAt + size !== end
  )
    throw oddZip('its end does not describe it');
  const listed = listings(bytes, directoryAt, end);
  if (listed.length !== count) throw oddZip('its directory is broken');
  return { listed, directoryAt };
}

function listings(bytes: Buffer, from: number, end: number): Listed[] {
  const listed: Listed[] = [];
  let at = from;
  while (at < end) {
    if (at + centralBytes > end || bytes.readUInt32LE(at) !== 0x02014b50) throw oddZip('its directory is broken');
    const lengths = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place));
    const next = at + centralBytes + lengths.reduce((sum, length) => sum + length, 0);
    if (next > end) throw oddZip('its directory is broken');
    listed.push(listing(bytes.subarray(at, next), lengths[0] ?? 0));
    at = next;
  }
  return listed;
}

function listing(record: Buffer, nameLength: number): Listed {
  const nameBytes = record.subarray(centralBytes, centralBytes + nameLength);
  return {
    name: nameBytes.toString('utf8'),
    nameBytes,
    repeated: record.subarray(6, 16),
    measures: record.subarray(16, 28),
    flags: record.readUInt16LE(8),
    method: record.readUInt16LE(10),
    crc: record.readUInt32LE(16),
    packed: record.readUInt32LE(20),
    unpacked: record.readUInt32LE(24),
    localAt: record.readUInt32LE(42),
  };
}

/** The file whose own header is at `at`; `end` is where it ends. */
function read(bytes: Buffer, file: Listed, at: number): { content: Buffer; end: number } {
  const { name, flags, method, crc, packed, unpacked } = file;
  refuseOddPacking(file);
  const from = contentAt(bytes, file, at);
  const end = from + packed + ((flags & described) === 0 ? 0 : descriptorBytes);
  if (end > bytes.length || !bytes.subarray(from + packed, end).equals(descriptorOf(file)))
    throw oddZip(`${name} has two different descriptions`);
  const content = unpack(bytes.subarray(from, from + packed), method, unpacked);
  if (content?.length !== unpacked || crc32(content) !== crc) throw oddZip(`${name} is broken`);
  return { content, end };
}

function refuseOddPacking({ name, flags, method }: Listed): void {
  if ((flags & encrypted) !== 0 || (method !== stored && method !== deflated))
    throw oddZip(`${name} uses an unsupported compression`);
  // Stored content does not say where it ends: other programs may look for its descriptor in it.
  if ((flags & described) !== 0 && method === stored) throw oddZip(`${name} is stored without its size`);
}

/** Where the content begins, after the file's own header at `at`, which must agree with the directory. */
function contentAt(bytes: Buffer, { name, nameBytes, repeated, measures, flags, localAt }: Listed, at: number): number {
  if (localAt !== at || at + localBytes > bytes.length || bytes.readUInt32LE(at) !== 0x04034b50)
    throw oddZip(`${name} is not at its place`);
  const from = at + localBytes + nameBytes.length + bytes.readUInt16LE(at + 28);
  const same =
    bytes.subarray(at + 4, at + 14).equals(repeated) &&
    bytes.subarray(at + 14, at + 26).equals((flags & described) === 0 ? measures : Buffer.alloc(measures.length)) &&
    bytes.readUInt16LE(at + 26) === nameBytes.length &&
    bytes.subarray(at + localBytes, at + localBytes + nameBytes.length).equals(nameBytes);
  if (!same) throw oddZip(`${name} has two different descriptions`);
  return from;
}

/** The bytes that must follow the content: a data descriptor (APPNOTE.TXT §4.3.9) if the flags say so, else nothing. */
function descriptorOf({ flags, measures }: Listed): Buffer {
  if ((flags & described) === 0) return Buffer.alloc(0);
  return Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), measures]);
}

/** What `info: true` makes of it: `bytesWritten` is how much of the input was used. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Null if it is not deflated content of that size, or if something follows it. */
function unpack(packed: Buffer, method: number, size: number): Buffer | null {
  if (method === stored) return packed;
  try {
    const { buffer, engine } = inflateRawSync(packed, {
      maxOutputLength: Math.max(size, 1),
      info: true,
    }) as unknown as Inflated;
    return engine.bytesWritten === packed.length ? buffer : null;
  } catch {
    return null;
  }
}

const oddZip = (what: string): Error => new Error(`not a zip archive that can be trusted: ${what}`);
