/** A text, or bytes; null or undefined for none. */
type Field = string | number | Buffer | null | undefined;

/** A record as kafkajs gives it. */
export interface RecordToWrite {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Field;
  readonly value?: Field;
  readonly headers?: Readonly<Record<string, Field | readonly Field[]>>;
}

/** kafkajs takes the bytes of a part from whatever has them as `buf` and `buffer`. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** A record of the Kafka protocol (record batch, magic byte 2): its size is counted first, then all of it is written into one buffer. */
export function writeRecord({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }: RecordToWrite): Encoded {
  const fields: (string | Buffer | null)[] = [fieldOf(key), fieldOf(value)];
  for (const [name, given] of Object.entries(headers))
    for (const one of isList(given) ? given : [given]) fields.push(name, fieldOf(one));
  const count = (fields.length - 2) / 2;
  const sizes = fields.map((field) => (field === null ? -1 : Buffer.byteLength(field)));
  let size = 1 + varIntSize(timestampDelta) + varIntSize(offsetDelta) + varIntSize(count);
  for (const bytes of sizes) size += varIntSize(bytes) + Math.max(0, bytes);
  const buffer = Buffer.allocUnsafe(varIntSize(size) + size);
  let at = writeVarInt(buffer, 0, size);
  at = buffer.writeInt8(0, at);
  at = writeVarInt(buffer, at, timestampDelta);
  at = writeVarInt(buffer, at, offsetDelta);
  fields.forEach((field, index) => {
    if (index === 2) at = writeVarInt(buffer, at, count);
    at = writeVarInt(buffer, at, sizes[index] ?? -1);
    if (typeof field === 'string') at += buffer.write(field, at);
    else if (field !== null) at += field.copy(buffer, at);
  });
  if (count === 0) writeVarInt(buffer, at, 0);
  return { buf: buffer, buffer };
}

const isList = (value: Field | readonly Field[]): value is readonly Field[] => Array.isArray(value);

const fieldOf = (value: Field): string | Buffer | null =>
  value === null || value === undefined ? null : Buffer.isBuffer(value) ? value : String(value);

/** Whole numbers are written zigzag: the sign in the lowest bit. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function varIntSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Seven bits in each byte, the lowest first. Returns the place after it. */
function writeVarInt(buffer: Buffer, from: number, value: number): number {
  let at = from;
  let rest = zigzag(value);
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) at = buffer.writeUInt8((rest % 0x80) | 0x80, at);
  return buffer.writeUInt8(rest, at);
}
