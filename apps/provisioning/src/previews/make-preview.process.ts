import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { Clock } from '#libs/system/clock.js';
import { parseScope } from '../accounts/accounts.exports.js';
import { Readings } from '../readings/readings.exports.js';
import { countedWith, noCounts, type PreviewCounts } from './outcome.js';
import { type NewPreview, Previews } from './previews.store.js';
import type { PlaceOfPage } from './previewed-person.js';
import { PreviewedPeople } from './previewed-people.process.js';

const making = 'make-preview';

/** Payload of the timer: where the next page begins, and what was counted so far. */
interface Progress {
  readonly from: PlaceOfPage;
  readonly counts: PreviewCounts;
}
const isProgress = hasShape<Progress>({ from: 'object', counts: 'object' });

/** Makes previews page by page: after a crash a preview goes on after the last page that is stored. */
@Injectable()
export class MakePreview implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly previews: Previews,
    private readonly people: PreviewedPeople,
    private readonly readings: Readings,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(making, (due, work) => this.fire(due, work));
  }

  /** Starts a preview, on what the last complete reading showed. */
  async start(asked: Omit<NewPreview, 'madeAt' | 'reading'>): Promise<void> {
    const reading = await this.readings.lastCompleted(asked.connector);
    const work = this.store.work();
    this.stage(work, { ...asked, madeAt: this.clock.now(), reading: reading?.id ?? null });
    await work.commit();
  }

  stage(work: Work, made: NewPreview): void {
    this.previews.start(work, made);
    this.next(work, made.id, { from: this.people.beginning(made.purpose), counts: noCounts });
  }

  private next(work: Work, key: string, payload: Progress): void {
    this.timers.at(work, { kind: making, key, dueAt: this.clock.now(), payload });
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    for (const { key, payload } of due) {
      const terms = await this.previews.terms(key);
      if (terms?.status !== 'running') continue;
      const { from, counts: before } = parsed<Progress>(`the progress of preview ${key}`, isProgress, payload);
      const { connector, filter, purpose } = terms;
      const scope = filter === null ? null : parseScope(filter);
      const { people, next } = await this.people.page({ connector, terms: terms.terms, scope, purpose }, from);
      const listed = terms.identities === null ? null : new Set(terms.identities);
      const chosen = listed === null ? people : people.filter(({ identityId }) => listed.has(identityId));
      const counts = chosen.reduce((sum, { outcome }) => countedWith(sum, outcome), before);
      this.previews.add(work, key, chosen, { counts, readyAt: next === null ? this.clock.now() : null });
      if (next !== null) this.next(work, key, { from: next, counts });
    }
  }
}
