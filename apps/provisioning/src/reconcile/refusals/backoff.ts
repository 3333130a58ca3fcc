/** How long to wait before what failed is tried again. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}

const usual: BackoffLimits = { firstMs: 1_000, mostMs: 60_000 };

/**
 * Wait before an account is tried again: 1 s doubling to 60 s unless the connector says otherwise. Its upper half is
 * random, so that accounts that failed together are not tried together.
 * @param failures so far, at least 1
 * @param chance in [0, 1)
 * @returns whole milliseconds
 */
export function backoffMs(failures: number, chance: number, { firstMs, mostMs } = usual): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.floor(ceiling / 2 + (ceiling / 2) * chance);
}

/** As a connector says it. */
export function backoffLimits(retry: { readonly firstSeconds: number; readonly mostSeconds: number }): BackoffLimits {
  return { firstMs: retry.firstSeconds * 1_000, mostMs: Math.max(retry.firstSeconds, retry.mostSeconds) * 1_000 };
}
