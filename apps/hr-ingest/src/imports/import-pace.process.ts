import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { groups } from '#libs/contracts/groups.js';
import { topics } from '#libs/contracts/topics.js';
import { EventBus } from '#libs/event-bus/event-bus.port.js';
import { ImportSettings } from './import.config.js';

/** The reader of HR's messages: a hire waits for everything that governance has not read yet. */
const reader = groups.governance;
const pollMs = 10;
/** A reader that handles nothing for this time, in milliseconds, counts as stopped. Imports do not wait for it. */
const defaultGiveUpMs = 2_000;

/** Lets an import be only a little ahead of its reader, so that a single hire does not wait for thousands of rows. */
@Injectable()
export class ImportPace {
  /** The lag of the reader when it was last seen to be stopped. */
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
