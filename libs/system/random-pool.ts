import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(16_384);
let used = pool.length;

/** Fresh random bytes of their own, from a pool that one system call refills; what was given out is gone from the pool. */
export function randomBytesFromPool(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += bytes;
  const given = Buffer.from(pool.subarray(from, used));
  pool.fill(0, from, used);
  return given;
}
