import { randomFillSync } from 'node:crypto';

const saltBytes = 32;
const pool = Buffer.alloc(saltBytes * 128);
let used = pool.length;

/** 32 random bytes, from a pool refilled with one system call for 128 of them. */
export function randomSalt(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += saltBytes;
  return Buffer.from(pool.subarray(used - saltBytes, used));
}
