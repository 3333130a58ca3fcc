let held = 0;
/** How many conditions came true so far: each counts as an assertion of the test that awaited it. */
export const waits = (): number => held;

/** Says that a condition came true which the caller checked itself, and would have thrown for. */
export function conditionHeld(): void {
  held += 1;
}

/** Awaits a condition: repeats `check` until it neither throws nor returns false or undefined, or the time is over. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 15_000, everyMs = 20 } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await check();
      if (value !== false && value !== undefined && value !== null) {
        conditionHeld();
        return value;
      }
      last = new Error(`still ${String(value)} after ${timeoutMs} ms`);
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw last;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
