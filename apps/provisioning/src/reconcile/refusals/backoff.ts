const firstMs = 1_000;
const maxMs = 60_000;

/**
 * Wait before an account is tried again: 1 s doubling to 60 s, its upper half is random, so that accounts that failed
 * together are not tried together.
 * @param failures so far, at least 1
 * @param chance in [0, 1)
 * @returns whole milliseconds
 */
export function backoffMs(failures: number, chance: number): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 10));
  return Math.floor(ceiling / 2 + (ceiling / 2) * chance);
}
