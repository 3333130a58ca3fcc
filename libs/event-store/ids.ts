import { hash, randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(16_384);
let used = pool.length;
let lastMs = 0;
let counter = 0;
/** The first 48 bits as text, which many ids in a row share. */
let prefix = '';

/** Two hexadecimal digits for each byte. */
const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (byte: number | undefined): string => digits[byte ?? 0] ?? '';

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
  counter += 1;
  if (ms !== lastMs || counter > 0xfff) {
    lastMs = ms === lastMs ? ms + 1 : ms;
    counter = 0;
    const time = lastMs.toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  const at = used;
  used += 8;
  const count = hex(counter >> 8).slice(1) + hex(counter & 0xff);
  const variant = hex(((pool[at] ?? 0) & 0x3f) | 0x80) + hex(pool[at + 1]);
  const random = hex(pool[at + 2]) + hex(pool[at + 3]) + hex(pool[at + 4]) + hex(pool[at + 5]);
  return `${prefix}${count}-${variant}-${random}${hex(pool[at + 6])}${hex(pool[at + 7])}`;
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

/** Nothing has it: before every id in the order of ids. RFC 9562 §5.9 */
export const firstUuid = '00000000-0000-0000-0000-000000000000';

/** Nothing has it: after every id in the order of ids. RFC 9562 §5.10 */
export const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The instant at which a UUIDv7 was made; null for an id of another version. */
export function instantOfId(id: string): string | null {
  if (id.charAt(14) !== '7') return null;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Is it a UUID of any version, as text in either case? */
export const isUuid = (text: string): boolean => uuid.test(text);

function format(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
