import { setTimeout as delay } from 'node:timers/promises';
import { isOutage } from './conflict.js';
import type { Database } from './database.js';

const everyMs = 2_000;
/** A table has grown much when more rows than this are new, beside as many as it had. */
const minNew = 200;

/**
 * Keeps the planner's statistics up to date while tables grow. Statements are prepared, and a plan made for a small
 * table is kept until somebody analyses it; autovacuum looks once a minute, in which a first import takes a table from
 * nothing to tens of thousands of rows, and a plan that read all of the small one reads all of the large one.
 */
export class Statistics {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param schemas whose tables it analyses: the service's own, and those it shares */
  constructor(
    private readonly db: Database,
    private readonly schemas: readonly string[],
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /**
   * Analyses tables that have grown much since the last time; returns their names. It does not wait for another process
   * that does the same.
   */
  async keep(): Promise<string[]> {
    const grown: { name: string }[] = [];
    for (const schema of this.schemas)
      grown.push(
        ...(await this.db.query<{ name: string }>(`select name from ${schema}.analyze_grown($1) name`, [minNew])),
      );
    return grown.map(({ name }) => name);
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.keep();
      } catch (error) {
        if (!isOutage(error)) this.onError(error);
      }
    }
  }
}
