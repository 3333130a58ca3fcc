import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus, Lag } from '#libs/event-bus/event-bus.port.js';
import type { Database } from '#libs/event-store/database.js';
import { hiddenWriters, oldestWriter, type OldestWriter } from '#libs/event-store/oldest-writer.js';

/** Whoever asks how a service is wants to know soon. Milliseconds. */
const timeoutMs = 2_000;

/** Whoever waits for so long is late. */
const lateSeconds = 10;

const noBus = { lags: () => Promise.resolve([]), brokerConnected: () => null };

/** How a service's database is, answered in time even when the database never answers. */
export class Readiness {
  /** At most one question of each kind waits, however often somebody asks. */
  private readonly waiting = new Map<string, Promise<unknown>>();

  constructor(
    private readonly service: string,
    private readonly database: Database,
    private readonly withinMs = timeoutMs,
    /** Names what of the service's own work is not as it should be. */
    private readonly findings: (database: Database) => Promise<readonly string[]> = () => Promise.resolve([]),
    private readonly bus: Pick<EventBus, 'lags' | 'brokerConnected'> = noBus,
  ) {}

  /** `findings` names what is not as it should be. */
  async ready(): Promise<{ readonly ok: boolean; readonly findings: readonly string[] }> {
    const answer = await this.ask('ready', async () => {
      return await this.database.query('select 1').then(
        () => 'ok' as const,
        () => 'cannot be reached' as const,
      );
    });
    if (answer === 'ok') {
      const [own, late] = await Promise.all([this.found(), this.lateness()]);
      return { ok: true, findings: [...own, ...this.brokersAway(), ...late] };
    }
    return { ok: false, findings: [`${this.service}: the database ${answer ?? 'does not answer'}`] };
  }

  /** Seconds the oldest writing transaction of the whole cluster has been open; NaN when that cannot be known. */
  async oldestWriterSeconds(): Promise<number> {
    const oldest = await this.oldestWriter();
    if (oldest === undefined || oldest === hiddenWriters) return Number.NaN;
    return oldest?.seconds ?? 0;
  }

  /** How late each reader of the bus is; nothing when that cannot be known in time. */
  async lags(): Promise<readonly Lag[]> {
    return (await this.ask('lags', () => this.bus.lags()).catch(() => null)) ?? [];
  }

  /** The service goes on with what it can do alone. */
  private brokersAway(): string[] {
    return this.bus.brokerConnected() === false
      ? [
          `${this.service}: the Kafka brokers do not answer: what is stored waits to be published, and nothing is heard from other services`,
        ]
      : [];
  }

  /** Undefined when that cannot be known in time. */
  private async oldestWriter(): Promise<Awaited<ReturnType<typeof oldestWriter>> | undefined> {
    const asked = this.ask('oldest-writer', async () => ({ found: await oldestWriter(this.database) }));
    return (await asked.catch(() => null))?.found;
  }

  /** What holds up readers: the service still does what it can, and says what waits. */
  private async lateness(): Promise<string[]> {
    const [oldest, lags] = await Promise.all([this.oldestWriter(), this.lags()]);
    const late = lags.filter(({ seconds }) => seconds >= lateSeconds);
    const said = late.map(({ reader, topic, seconds }) =>
      topic === null
        ? `${this.service}: what was stored ${whole(seconds)} s ago is not published yet`
        : `${this.service}: ${reader} has not read what came on ${topic} ${whole(seconds)} s ago`,
    );
    if (oldest === hiddenWriters)
      said.push(`${this.service}: cannot see the transactions of others: grant pg_read_all_stats to its role`);
    else if (oldest && oldest.seconds >= lateSeconds) said.push(`${this.service}: ${messageOf(oldest)}`);
    return said;
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

const whole = (seconds: number): string => String(Math.floor(seconds));

function messageOf({ kind, name, seconds }: OldestWriter): string {
  const since = `for ${whole(seconds)} s, so nothing stored since is read: end it`;
  return kind === 'session'
    ? `a transaction that has written is open in the database server (process ${name}) ${since}`
    : `a prepared transaction waits in the database server (see pg_prepared_xacts) ${since}`;
}
