import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { groups } from '#libs/contracts/groups.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ImportSettings } from './import.config.js';

/** The reader of HR's messages: a hire waits for everything that governance has not read yet. */
const reader = groups.governance;
const pollMs = 10;
/** A reader that handles nothing for this time has stopped; imports do not wait for it. Milliseconds. */
const defaultGiveUpMs = 2_000;

/** Keeps an import only a little ahead of its reader, so that one hire does not wait for a file of thousands. */
@Injectable()
export class ImportPace {
  /** The reader's lag when it was last found stopped. */
  private stoppedAt: number | null = null;

  constructor(
    private readonly bus: EventBus,
    private readonly settings: ImportSettings,
    @Optional() private readonly giveUpMs: number = defaultGiveUpMs,
  ) {}

  /** Resolves when the next piece may be applied, or when `signal` is aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    const { HR_IMPORT_LEAD: lead } = this.settings;
    let least = Infinity;
    let movedAt = performance.now();
    while (!signal.aborted) {
      // If the bus is not reachable, imports continue: facts wait in the store.
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
