/** Runs tasks with the same key one after the other, so that they do not conflict with each other. */
export class OneByOne {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, once: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(key) ?? Promise.resolve()).then(once);
    const done = mine.catch(() => undefined);
    this.last.set(key, done);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === done) this.last.delete(key);
    }
  }
}
