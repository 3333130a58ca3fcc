import { hash, randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(16_384);
let used = pool.length;
/** Where an id is put together before it becomes a text. */
const scratch = Buffer.alloc(16);
let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, a 12-bit counter that rises within a millisecond of
 * this process, 62 random bits. Ids made by one process sort by the order of making.
 */
export function uuidv7(): string {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const ms = Math.max(Date.now(), lastMs);
  counter = ms === lastMs ? counter + 1 : 0;
  lastMs = ms;
  if (counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const bytes = scratch;
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  pool.copy(bytes, 8, used, used + 8);
  used += 8;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return format(bytes);
}

/** Namespace of every name-based id the hub makes; never changes. */
const hubNamespace = Buffer.from('5f0c7a3e9d6b4a58b1e2c3d4f5a69788', 'hex');

/** The UUIDv5 (RFC 9562 §5.5) of a name in the hub's namespace: the same name always gives the same id. */
export function uuidv5(name: string): string {
  const bytes = hash('sha1', Buffer.concat([hubNamespace, Buffer.from(name)]), 'buffer').subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return format(bytes);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Is it a UUID of any version, as text in either case? */
export const isUuid = (text: string): boolean => uuid.test(text);

function format(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
