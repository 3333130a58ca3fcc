import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#libs/event-store/database.js';

/** Whoever asks how a service is wants to know soon. Milliseconds. */
const patienceMs = 2_000;

/** How a service's database is, answered in time even when the database never answers. */
export class Readiness {
  /** At most one question of each kind waits, however often somebody asks. */
  private readonly waiting = new Map<string, Promise<unknown>>();

  constructor(
    private readonly service: string,
    private readonly database: Database,
    private readonly withinMs = patienceMs,
    /** Names what of the service's own work is not as it should be. */
    private readonly findings: (database: Database) => Promise<readonly string[]> = () => Promise.resolve([]),
  ) {}

  /** `findings` names what is not as it should be. */
  async ready(): Promise<{ readonly ok: boolean; readonly findings: readonly string[] }> {
    const answer = await this.ask('ready', async () => {
      return await this.database.query('select 1').then(
        () => 'ok' as const,
        () => 'cannot be reached' as const,
      );
    });
    if (answer === 'ok') return { ok: true, findings: await this.found() };
    return { ok: false, findings: [`${this.service}: the database ${answer ?? 'does not answer'}`] };
  }

  /** Seconds the oldest writing transaction of the whole cluster has been open; NaN when that cannot be known. */
  async oldestWriterSeconds(): Promise<number> {
    const seconds = await this.ask('oldest-writer', async () => {
      const [row] = await this.database.query<{ seconds: number | null }>(
        `select extract(epoch from clock_timestamp() - min(xact_start))::float8 as seconds
         from pg_stat_activity where backend_xid is not null`,
      );
      return Math.max(row?.seconds ?? 0, 0);
    }).catch(() => null);
    return seconds ?? Number.NaN;
  }

  /** What a service measures in its database; nothing when that cannot be known in time. */
  async measured<T>(measure: () => Promise<readonly T[]>): Promise<readonly T[]> {
    return (await this.ask('gauges', measure).catch(() => null)) ?? [];
  }

  /** The service goes on with these; nothing when they cannot be known in time. */
  private async found(): Promise<readonly string[]> {
    const findings = await this.ask('findings', () => this.findings(this.database)).catch(() => null);
    return (findings ?? []).map((finding) => `${this.service}: ${finding}`);
  }

  /** Null when there is no answer in time. */
  private async ask<T>(what: string, question: () => Promise<T>): Promise<T | null> {
    const asked = (this.waiting.get(what) as Promise<T> | undefined) ?? question();
    this.waiting.set(what, asked);
    const forget = (): void => void this.waiting.delete(what);
    asked.then(forget, forget);
    return await Promise.race([asked, sleep(this.withinMs, null, { ref: false })]);
  }
}
