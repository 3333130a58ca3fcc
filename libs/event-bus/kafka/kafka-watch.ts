import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { Wakeable } from '#libs/event-store/wakeable.js';

const everyMs = 2_000;
/** Brokers that do not answer for this time count as away. */
const answerMs = 3_000;

/** Checks regularly whether the brokers answer, on its own connection. */
export class KafkaWatch {
  /** Null before the first answer. */
  connected: boolean | null = null;
  private readonly pauses: Wakeable;

  constructor(
    private readonly kafka: Kafka,
    private readonly signal: AbortSignal,
    private readonly onError: (what: string, error: unknown) => void,
  ) {
    this.pauses = new Wakeable(signal);
  }

  async run(): Promise<void> {
    while (!this.signal.aborted) {
      const admin = this.kafka.admin({ retry: { retries: 0 } });
      try {
        await this.inTime(admin.connect());
        while (!this.signal.aborted) {
          await this.inTime(admin.describeCluster());
          this.connected = true;
          await this.pauses.wait(everyMs);
        }
      } catch (error) {
        if (this.signal.aborted) return;
        if (this.connected !== false) this.onError('the brokers do not answer', error);
        this.connected = false;
        await this.pauses.wait(everyMs);
      } finally {
        // A broker that hangs does not answer this either.
        void admin.disconnect().catch(() => undefined);
      }
    }
  }

  private async inTime(answer: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const late = sleep(answerMs, undefined, { signal: over.signal, ref: false }).then(() => {
      throw new Error(`no answer within ${answerMs} ms`);
    });
    answer.catch(() => undefined);
    try {
      await Promise.race([answer, late]);
    } finally {
      over.abort();
    }
  }
}
