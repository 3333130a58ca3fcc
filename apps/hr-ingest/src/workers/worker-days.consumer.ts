import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Causation, isObject, type Recorded } from '#libs/event-store/core.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import type { WorkerEvent } from './worker.events.js';
import { nextDayMs, passTime, type Today, type Worker } from './worker.js';
import { WorkerLookup } from './worker-lookup.query.js';
import { Workers } from './workers.stream.js';

const kind = 'hr.worker-day';

/** The chain of causes of a day: that of the record that stated it. */
interface DayPayload {
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** Timers of former versions name no chain. */
function causesIn(payload: unknown): Partial<DayPayload> {
  if (!isObject(payload)) return {};
  const { correlationId, causationId } = payload;
  return {
    ...(typeof correlationId === 'string' ? { correlationId } : {}),
    ...(typeof causationId === 'string' ? { causationId } : {}),
  };
}

type Staged = Loaded<Worker> & { readonly facts: readonly (WorkerEvent & Recorded)[] };

/**
 * Future first days, ends and leaves: one timer for each worker that waits for a day. Every fact moves it, and it fires
 * once. If it fires twice, or too early after a change, it records nothing.
 */
@Injectable()
export class WorkerDays implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly workers: Workers,
    private readonly lookup: WorkerLookup,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
  ) {}

  onModuleInit(): void {
    this.timers.handle(kind, (due, work) => this.handle(due, work));
  }

  /** Sets or clears the timer that goes with what was just staged. */
  arrange(work: Work, before: Worker, after: Staged, today: Today): void {
    const last = after.facts.at(-1);
    if (last === undefined || after.state.status === 'unknown') return;
    const dueMs = nextDayMs(after.state, today);
    if (dueMs !== null) {
      this.set(work, after.id, dueMs, { correlationId: last.correlationId, causationId: last.id });
    } else if (before.status === 'known' && before.awaitsDay) {
      this.timers.cancel(work, kind, after.id);
    }
  }

  async handle(due: readonly DueTimer[], work: Work): Promise<void> {
    const today = { nowMs: Date.parse(this.clock.now()), defaultZone: this.settings.HUB_TIME_ZONE };
    const payloads = new Map(due.map(({ key, payload }) => [key, causesIn(payload)]));
    for (const loaded of await this.lookup.byWorker([...payloads.keys()])) {
      const { correlationId = uuidv7(), causationId = null } = payloads.get(loaded.id) ?? {};
      const causation: Causation = { actor: 'service/hr', correlationId, causationId };
      const after = this.workers.stage(work, loaded, passTime(today, loaded.state), causation);
      if (after.facts.length > 0) {
        this.arrange(work, loaded.state, after, today);
      } else if (after.state.status === 'known') {
        const nextMs = nextDayMs(after.state, today);
        if (nextMs !== null) this.set(work, loaded.id, nextMs, { correlationId, causationId });
      }
    }
  }

  private set(work: Work, key: string, dueMs: number, payload: DayPayload): void {
    this.timers.at(work, { kind, key, dueAt: new Date(dueMs).toISOString(), payload });
  }
}
