import { hasShape, parsed } from '#libs/event-store/core.js';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { firstUuid, uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { governanceActor, People, Recomputation } from '../people/people.exports.js';
import { LeaversRequests } from '../requests/requests.exports.js';
import { examineLeavers, recordSweep } from './leavers.store.js';

const sweep = 'leavers-sweep';
const everybody = 'everybody';
const intervalMs = 60_000;
/** Leavers examined in one run; the next run continues after them. */
const pageSize = 5_000;
/** People repaired in one run; the others wait for the next run. */
const maxRepairs = 100;

interface Progress {
  /** Leavers up to this id have been examined. */
  readonly after: string;
}

const isProgress = hasShape<Progress>({ after: 'text' });

/**
 * Checks an invariant: an inactive person has no active assignment, no active desired access and no open request.
 * Decisions keep it. A violation is a fault of the hub: it is repaired, logged and counted.
 */
@Injectable()
export class LeaversSweep implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('leavers-sweep');

  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly requests: LeaversRequests,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(sweep, ([due], work) =>
      this.fire(parsed('the progress of the sweep', isProgress, due?.payload), work),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const work = this.store.work();
    this.next(work, this.clock.now(), { after: firstUuid });
    await work.commit();
  }

  private next(work: Work, dueAt: string, payload: Progress): void {
    this.timers.at(work, { kind: sweep, key: everybody, dueAt, payload });
  }

  private async fire({ after }: Progress, work: Work): Promise<void> {
    const now = this.clock.now();
    const { last, found } = await examineLeavers(this.db, after, pageSize);
    const repaired = found.slice(0, maxRepairs);
    if (repaired.length > 0) await this.repair(repaired, work, now);
    const resumeAfter = repaired.length < found.length ? (repaired.at(-1) ?? after) : last;
    this.next(work, new Date(Date.parse(now) + intervalMs).toISOString(), { after: resumeAfter ?? firstUuid });
    recordSweep(work, repaired.length, now);
  }

  private async repair(ids: readonly string[], work: Work, at: string): Promise<void> {
    const { catalog, batch } = await this.people.today({ ids });
    const open = await this.requests.openFor(ids);
    for (const id of ids) {
      const causation = { actor: governanceActor, correlationId: uuidv7(), causationId: null };
      const person = batch.get(id);
      const staged = work.staged.length;
      this.people.decide(work, person);
      this.recomputation.stage(work, person, { catalog, causation, at });
      this.requests.cancel(work, open.get(id) ?? [], { code: 'beneficiary_left', causation, at });
      const facts = work.staged.slice(staged).map(({ type }) => type);
      work.onCommitted(() => this.alarm(id, facts));
    }
    this.people.guard(work, catalog);
  }

  private alarm(identity: string, facts: readonly string[]): void {
    const outcome = facts.length > 0 ? 'it is removed now' : 'it could not be removed: rebuild the read models';
    this.logger.error({ message: `a leaver still had access; ${outcome}`, identity, facts });
  }
}
