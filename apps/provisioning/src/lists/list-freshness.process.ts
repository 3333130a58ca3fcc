import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { ConnectorRows } from '../connectors/connectors.exports.js';
import { remindOf } from './account-list.js';
import { AccountLists } from './account-lists.stream.js';

const freshness = 'account-list-freshness';
const all = 'all';
const intervalMs = 3_600_000;

/** Looks each hour which lists of accounts are too old, and reminds of them. */
@Injectable()
export class ListFreshness implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly connectors: ConnectorRows,
    private readonly lists: AccountLists,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(freshness, (_, work) => this.fire(work));
  }

  async onApplicationBootstrap(): Promise<void> {
    const work = this.store.work();
    this.next(work);
    await work.commit();
  }

  private next(work: Work): void {
    const dueAt = new Date(Date.parse(this.clock.now()) + intervalMs).toISOString();
    this.timers.at(work, { kind: freshness, key: all, dueAt, payload: {} });
  }

  private async fire(work: Work): Promise<void> {
    const now = this.clock.now();
    const rows = (await this.connectors.all()).filter(({ document }) => document.file !== null);
    const loaded = await this.lists.loadMany(rows.map(({ id }) => id));
    const causation: Causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
    for (const { id, document } of rows) {
      const before = loaded.get(id);
      if (before === undefined || document.file === null) continue;
      const applications = await this.connectors.applicationsOf(id);
      const times = { freshFor: document.file.freshFor, remindEvery: document.tasks.remindEvery };
      this.lists.stage(work, before, remindOf({ connector: id, applications }, times, now, before.state), causation);
    }
    this.next(work);
  }
}
