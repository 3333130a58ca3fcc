import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { end, expose, type Proof } from './exposure.js';
import type { ExposureEvent } from './exposure.events.js';
import { FoundAccountRows, type FoundAccount, type LostAccount } from './found-accounts.query.js';
import { Exposures } from './exposures.stream.js';

const sweep = 'found-accounts-sweep';
const all = 'all';
const intervalMs = 10_000;
/** Accounts for which one sweep opens an exposure. */
const mostAtOnce = 1_000;

/**
 * Exposures of accounts that the hub does not manage: a reading that shows a usable account of somebody who left opens one, and a later one that does not
 * show it any more, or shows it as inactive, proves that it is gone.
 */
@Injectable()
export class FoundAccountsSweep implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly rows: FoundAccountRows,
    private readonly exposures: Exposures,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(sweep, (_, work) => this.fire(work));
  }

  async onApplicationBootstrap(): Promise<void> {
    const work = this.store.work();
    this.timers.at(work, { kind: sweep, key: all, dueAt: this.clock.now(), payload: {} });
    await work.commit();
  }

  private async fire(work: Work): Promise<void> {
    const at = this.clock.now();
    const dueAt = new Date(Date.parse(at) + intervalMs).toISOString();
    this.timers.at(work, { kind: sweep, key: all, dueAt, payload: {} });
    const [open, found] = [await this.rows.open(), await this.rows.unopened(mostAtOnce)];
    const opened = new Map(found.map((one) => [Exposures.idOfFound(one.connector, one.accountId), one]));
    const known = new Map(open.map((one) => [one.exposure, one]));
    const streams = await this.exposures.loadMany([...known.keys(), ...opened.keys()]);
    const causation: Causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
    for (const [id, exposure] of streams) {
      const events = this.decide(id, { found: opened.get(id), lost: known.get(id) }, at, exposure.state);
      if (events.length > 0) this.exposures.stage(work, exposure, events, causation);
    }
  }

  private decide(
    exposure: string,
    { found, lost }: { readonly found: FoundAccount | undefined; readonly lost: LostAccount | undefined },
    at: string,
    state: Parameters<typeof expose>[2],
  ): ExposureEvent[] {
    const limit = { withinMs: this.settings.revocationWithinMs, at };
    const terms = { exposure, kind: 'ghost', code: 'found', entitlements: [{ account: true }] } as const;
    if (found !== undefined) return expose({ ...terms, ...found }, limit, state);
    if (lost === undefined || state === null) return [];
    const proof = proofOf(lost);
    return proof === null ? expose({ ...state, code: 'found' }, limit, state) : end(proof, at, state);
  }
}

/** A reading that the hub did not complete proves nothing. */
function proofOf({ now, reading }: LostAccount): Proof | null {
  if (now === 'still' || reading === null) return null;
  return { how: now === 'gone' ? 'read' : 'reclassified', id: reading };
}
