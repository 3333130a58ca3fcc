import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ImportSettings } from './import.config.js';

/** Who must not be buried under a file: governance reads what HR says, and a hire waits behind what it has not read. */
const reader = 'governance';
const pollMs = 10;
/** A reader that takes nothing for so long is away, and nobody waits for it. Milliseconds. */
const defaultGiveUpMs = 2_000;

/** Keeps an import a little ahead of who reads it, and no more, so that one hire does not wait for a file of thousands. */
@Injectable()
export class ImportPace {
  /** What the reader was behind when it was last found to be away. */
  private stoppedAt: number | null = null;

  constructor(
    private readonly bus: EventBus,
    private readonly settings: ImportSettings,
    @Optional() private readonly giveUpMs: number = defaultGiveUpMs,
  ) {}

  /** Resolves when the next piece may be applied, or `signal` says that nobody waits any more. */
  async turn(signal: AbortSignal): Promise<void> {
    const { HR_IMPORT_LEAD: lead } = this.settings;
    let least = Infinity;
    let movedAt = performance.now();
    while (!signal.aborted) {
      // An unreachable bus holds nobody up: what is written waits in the store.
      const lag = await this.bus.lag(reader, topics.lifecycle, 4 * lead).catch(() => 0);
      if (this.stoppedAt !== null && lag < this.stoppedAt) this.stoppedAt = null;
      if (lag <= lead || this.stoppedAt !== null) return;
      if (lag < least) {
        least = lag;
        movedAt = performance.now();
      } else if (performance.now() - movedAt > this.giveUpMs) this.stoppedAt = lag;
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
