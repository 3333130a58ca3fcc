import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { CurrentCatalog } from '../policy/policy.exports.js';
import { countMessages } from './newest-messages.query.js';
import { Restatements } from './restatements.stream.js';

/** Timer of the end mark; its payload is what was restated, and why. */
export const restatementEnd = 'restatement-end';

/** A connector reads other attributes of people than before. */
export interface ChangedReading {
  readonly connector: string;
  readonly applications: readonly string[];
  /** Null for all of them. */
  readonly sources: readonly string[] | null;
}

type Ended = ChangedReading & { readonly correlationId: string; readonly causationId: string };
const isEnded = hasShape<Ended>({
  connector: 'text',
  applications: 'list',
  sources: 'any',
  correlationId: 'text',
  causationId: 'text',
});

/** Publishes the end mark of a restatement: everybody's message carries what the connector reads now. */
@Injectable()
export class RestatementEnd implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly timers: Timers,
    private readonly catalog: CurrentCatalog,
    private readonly restatements: Restatements,
  ) {}

  onModuleInit(): void {
    this.timers.handle(restatementEnd, (due, work) => this.fire(due, work));
  }

  private async fire(due: readonly DueTimer[], work: Work): Promise<void> {
    const catalog = await this.catalog.current();
    const ended = due
      .map(({ key, payload }) => parsed<Ended>(`the end of restatement ${key}`, isEnded, payload))
      // It reads something else by now: the restatement of that one ends later.
      .filter(({ connector, sources }) => isDeepStrictEqual(catalog.readBy(connector), sources));
    const all = ended.flatMap(({ applications }) => applications);
    const loaded = new Map<string, Loaded<number>>(await this.restatements.loadMany(all));
    for (const { connector, applications, sources, correlationId, causationId } of ended)
      for (const application of applications) {
        const before = loaded.get(application);
        if (before === undefined) continue;
        const count = await countMessages(this.db, application);
        const data = { application, connector, count, ...(sources === null ? {} : { sources }) };
        const causation = { actor: 'service/governance', correlationId, causationId };
        loaded.set(
          application,
          this.restatements.stage(work, before, [{ type: 'DesiredAccessRestated', v: 1, data }], causation),
        );
      }
  }
}
