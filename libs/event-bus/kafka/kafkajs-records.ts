import { createRequire } from 'node:module';

/** Reads one record. kafkajs makes a new one for each record. */
interface RecordDecoder {
  readonly buffer: Buffer;
  offset: number;
  readVarInt(): number;
  readVarIntArray(read: (decoder: RecordDecoder) => unknown): unknown[];
}
type DecodeRecord = (decoder: RecordDecoder, context?: object) => object;
/** kafkajs takes the bytes of a header from whatever has them as `buf` and `buffer`. */
type EncodeHeader = (header: { readonly key: string; readonly value: string | number | Buffer | null }) => {
  buf: Buffer;
  buffer: Buffer;
};

/**
 * kafkajs 2.2.4 copies all headers that it has read for each further one of a record, makes two buffers for each, and takes half a kilobyte of fresh memory to
 * write one. A message of the hub has thirteen: that took more time than all else that is done to it. The bytes are the
 * same. Must run before the first message is sent or fetched: kafkajs loads these parts then.
 */
export function fixRecords(): void {
  const require = createRequire(import.meta.url);
  const replace = <Part extends object>(name: string, better: (was: Part) => Part): void => {
    const path = require.resolve(`kafkajs/src/protocol/recordBatch/${name}`);
    const was = require(path) as Part & { mended?: true };
    const module = require.cache[path];
    if (was.mended === true || module === undefined) return;
    module.exports = Object.assign(better(was), { mended: true });
  };
  replace<DecodeRecord>('record/v0/decoder', decodingHeadersOnce);
  replace<EncodeHeader>('header/v0', headerEncoder);
}

/** The record as `was` reads it; the values of its headers are texts, not bytes. */
export function decodingHeadersOnce(was: DecodeRecord): DecodeRecord {
  return (decoder, context) => {
    // Without a prototype: a header may have any name.
    const headers = Object.create(null) as Record<string, string | null | (string | null)[]>;
    decoder.readVarIntArray = () => {
      for (let left = decoder.readVarInt(); left > 0; left -= 1) {
        const key = textIn(decoder) ?? '';
        const value = textIn(decoder);
        const former = headers[key];
        headers[key] = former === undefined ? value : Array.isArray(former) ? [...former, value] : [former, value];
      }
      return [];
    };
    return Object.assign(was(decoder, context), { headers });
  };
}

/** A text after its length in bytes; null for none. */
function textIn(decoder: RecordDecoder): string | null {
  const length = decoder.readVarInt();
  if (length === -1) return null;
  const from = decoder.offset;
  decoder.offset = from + length;
  return decoder.buffer.toString('utf8', from, decoder.offset);
}

/** Names that were written before are kept with their length, up to so many: messages have the same few. */
const mostNames = 100;

/** Name and value, each after its length in bytes; -1 for no value. */
export function headerEncoder(): EncodeHeader {
  const names = new Map<string, Buffer>();
  const nameOf = (key: string): Buffer => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const text = Buffer.from(key);
    const name = Buffer.concat([varInt(text.length), text]);
    if (names.size < mostNames) names.set(key, name);
    return name;
  };
  return ({ key, value }) => {
    const name = nameOf(key);
    const bytes = value === null ? null : Buffer.isBuffer(value) ? value : Buffer.from(String(value));
    const buffer = Buffer.concat(bytes === null ? [name, varInt(-1)] : [name, varInt(bytes.length), bytes]);
    return { buf: buffer, buffer };
  };
}

/** Zigzag, seven bits in each byte, the lowest first. */
function varInt(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
