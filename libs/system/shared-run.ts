/**
 * Work that several may ask for at once and that must not run twice at the same time. Who asks while it runs gets the
 * next run, shared with all others who wait: it begins after each of them asked.
 */
export class SharedRun<Result> {
  private last: Promise<unknown> = Promise.resolve();
  private next: Promise<Result> | null = null;

  constructor(private readonly work: () => Promise<Result>) {}

  ask(): Promise<Result> {
    this.next ??= this.afterLast();
    return this.next;
  }

  private afterLast(): Promise<Result> {
    const run = this.last.then(() => {
      this.next = null;
      return this.work();
    });
    this.last = run.catch(() => undefined);
    return run;
  }
}
