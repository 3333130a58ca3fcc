import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus, Lag } from '#libs/event-bus/event-bus.port.js';
import { resumeCommand } from '#libs/event-bus/consumer/position-gone.js';
import type { Database } from '#libs/event-store/database.js';
import { hiddenWriters, oldestWriter, type OldestWriter } from '#libs/event-store/oldest-writer.js';

/** Time limit of a health check. Milliseconds. */
const timeoutMs = 2_000;

/** After this time a reader counts as late. */
const lateSeconds = 10;

const noBus = { lags: () => Promise.resolve([]), brokerConnected: () => null };

/** The health of a service and its database. It answers in time even if the database never answers. */
export class Readiness {
  /** At most one check of each kind runs at the same time. */
  private readonly waiting = new Map<string, Promise<unknown>>();

  constructor(
    private readonly service: string,
    private readonly database: Database,
    private readonly withinMs = timeoutMs,
    /** Names faults in the service's own work. */
    private readonly findings: (database: Database) => Promise<readonly string[]> = () => Promise.resolve([]),
    private readonly bus: Pick<EventBus, 'lags' | 'brokerConnected'> = noBus,
  ) {}

  /** `findings` names faults. */
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

  /** The age of the oldest writing transaction of the whole cluster in seconds; NaN if unknown. */
  async oldestWriterSeconds(): Promise<number> {
    const oldest = await this.oldestWriter();
    if (oldest === undefined || oldest === hiddenWriters) return Number.NaN;
    return oldest?.seconds ?? 0;
  }

  /** How late each reader of the bus is; empty if this cannot be read in time. */
  async lags(): Promise<readonly Lag[]> {
    return (await this.ask('lags', () => this.bus.lags()).catch(() => null)) ?? [];
  }

  /** The service continues with the work that needs no brokers. */
  private brokersAway(): string[] {
    return this.bus.brokerConnected() === false
      ? [`${this.service}: the Kafka brokers do not answer: facts wait to be published, and no messages arrive`]
      : [];
  }

  /** Undefined when that cannot be known in time. */
  private async oldestWriter(): Promise<Awaited<ReturnType<typeof oldestWriter>> | undefined> {
    const asked = this.ask('oldest-writer', async () => ({ found: await oldestWriter(this.database) }));
    return (await asked.catch(() => null))?.found;
  }

  /** What stops readers, and which readers are late. The service stays ready. */
  private async lateness(): Promise<string[]> {
    const [oldest, lags] = await Promise.all([this.oldestWriter(), this.lags()]);
    const gone = lags.filter((lag) => lag.gone === true);
    const late = lags.filter((lag) => lag.seconds >= lateSeconds && lag.gone !== true);
    const said = [
      ...gone.map(
        ({ reader, topic }) =>
          `${this.service}: ${reader} has stopped: messages on ${topic} were deleted before it read them: run ${resumeCommand(reader)}`,
      ),
      ...late.map(({ reader, topic, seconds }) =>
        topic === null
          ? `${this.service}: facts of ${whole(seconds)} s ago are not published yet`
          : `${this.service}: ${reader} has not read messages on ${topic} from ${whole(seconds)} s ago`,
      ),
    ];
    if (oldest === hiddenWriters)
      said.push(`${this.service}: cannot see the transactions of others: grant pg_read_all_stats to its role`);
    else if (oldest && oldest.seconds >= lateSeconds) said.push(`${this.service}: ${messageOf(oldest)}`);
    return said;
  }

  /** A service's measurements in its database; empty if they do not arrive in time. */
  async measured<T>(measure: () => Promise<readonly T[]>): Promise<readonly T[]> {
    return (await this.ask('gauges', measure).catch(() => null)) ?? [];
  }

  /** The service's findings; empty if they do not arrive in time. */
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
  const since = `for ${whole(seconds)} s, and stops all readers: end it`;
  return kind === 'session'
    ? `a transaction that has written is open in the database server (process ${name}) ${since}`
    : `a prepared transaction waits in the database server (see pg_prepared_xacts) ${since}`;
}
