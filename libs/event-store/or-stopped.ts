/**
 * What `step` gives, or a rejection with the signal's reason as soon as it is aborted: for steps of a start that cannot be
 * interrupted themselves. @param late called with what the step gives after that
 */
export async function orStopped<T>(
  step: Promise<T>,
  stopping: AbortSignal | undefined,
  late: (value: T) => unknown = () => undefined,
): Promise<T> {
  if (stopping === undefined) return await step;
  return await new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(stopping.reason as Error);
    stopping.addEventListener('abort', stop, { once: true });
    if (stopping.aborted) stop();
    step
      .then((value) => {
        resolve(value);
        if (stopping.aborted) late(value);
      }, reject)
      .finally(() => stopping.removeEventListener('abort', stop));
  });
}
