import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Lease } from '#libs/event-store/lease.js';
import { entitlementsOf, observe, type ObservedAccess, type ReadingTerms } from './observed-access.js';
import type { AccessObserved } from './observed-access.events.js';
import { ObservedAccesses } from './observed-accesses.stream.js';
import { ShownAccessRows } from './shown-access.query.js';

/** A reading of an application that is complete. */
export interface CompleteReading {
  readonly connector: string;
  readonly readingId: string;
  readonly readAt: string;
  /** When the first complete reading was over; null before that. */
  readonly firstReadAt: string | null;
  /** Of the worker that reads. */
  readonly lease: Lease;
}

/** How the connector was set when it read. */
export interface ReaderTerms {
  readonly observes: boolean;
  /** Packages name groups and roles by the application's ids. */
  readonly byId: boolean;
}

/** Facts that are stored together. */
const batchSize = 200;

/** Says what a complete reading showed of each person, where it differs from what was said before. */
@Injectable()
export class TellObservedAccess {
  constructor(
    private readonly store: EventStore,
    private readonly rows: ShownAccessRows,
    private readonly observed: ObservedAccesses,
  ) {}

  /** A repeat says nothing twice about people. */
  async tell(reading: CompleteReading, { observes, byId }: ReaderTerms): Promise<void> {
    const { connector } = reading;
    const application = await this.rows.applicationOf(connector);
    // Until an application names the connector nothing can be said of its access: the next reading does.
    if (application === null) return;
    const causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null, bulk: true };
    await this.tellPresent(
      { ...reading, application, byId },
      { observes, firstReadAt: reading.firstReadAt },
      causation,
    );
    await this.tellGone({ ...reading, application }, causation);
  }

  private async tellPresent(
    reading: CompleteReading & { readonly application: string; readonly byId: boolean },
    terms: ReadingTerms,
    causation: Causation,
  ): Promise<void> {
    let after = 0;
    for (;;) {
      const page = await this.rows.page(reading.connector, after, reading.byId);
      const changed = page.flatMap(({ identityId, shown, before }) => {
        const entitlements = entitlementsOf(shown, before, terms);
        return observe(saidOf(reading, { identityId, accountId: shown.accountId, entitlements }), before);
      });
      await this.record(changed, reading.lease, causation);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.no;
    }
  }

  private async tellGone(
    reading: CompleteReading & { readonly application: string },
    causation: Causation,
  ): Promise<void> {
    for (;;) {
      const gone = await this.rows.gone(reading.connector);
      if (gone.length === 0) return;
      const none = { accountId: null, entitlements: [] };
      await this.record(
        gone.flatMap((before) => observe(saidOf(reading, { identityId: before.identityId, ...none }), before)),
        reading.lease,
        causation,
      );
    }
  }

  private async record(facts: readonly AccessObserved[], lease: Lease, causation: Causation): Promise<void> {
    for (let from = 0; from < facts.length; from += batchSize) {
      const batch = facts.slice(from, from + batchSize);
      const ids = batch.map(({ data }) => ObservedAccesses.idOf(data.identityId, data.connector));
      const loaded = await this.observed.loadMany(ids);
      const work = this.store.work();
      for (const fact of batch) {
        const before = loaded.get(ObservedAccesses.idOf(fact.data.identityId, fact.data.connector));
        if (before !== undefined) this.observed.stage(work, before, observe(fact.data, before.state), causation);
      }
      work.under(lease);
      await work.commit();
    }
  }
}

function saidOf(
  { connector, application, readingId, readAt }: CompleteReading & { readonly application: string },
  {
    identityId,
    accountId,
    entitlements,
  }: Pick<NonNullable<ObservedAccess>, 'identityId' | 'accountId' | 'entitlements'>,
): AccessObserved['data'] {
  return { connector, application, identityId, accountId, readingId, readAt, entitlements };
}
