import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { Clock } from '#libs/system/clock.js';
import { type Coverage, coverageOf, type Unread } from './coverage.js';
import type { NewestReading, ReadingSchedule } from './reading-schedule.js';

/** A connector, as far as coverage depends on it. */
export interface CoveredConnector {
  readonly id: string;
  readonly status: 'running' | 'paused';
  readonly document: { readonly reconcile: Pick<ReadingSchedule, 'every'> } & Pick<ReadingSchedule, 'window'>;
}

interface Row {
  readonly connector: string;
  readonly newest_id: string | null;
  readonly status: NewestReading['status'];
  readonly requested_at: Date;
  readonly finished_at: Date | null;
  readonly detail: string | null;
  readonly first_at: Date | null;
  readonly complete_id: string | null;
  readonly complete_started_at: Date | null;
  readonly complete_finished_at: Date | null;
  readonly accounts: number;
  readonly unread: readonly Unread[];
}

/** What is known of applications by reading them. */
@Injectable()
export class Coverages {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** By the ids of the connectors. */
  async of(connectors: readonly CoveredConnector[]): Promise<ReadonlyMap<string, Coverage>> {
    if (connectors.length === 0) return new Map();
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select k.id as connector, n.id as newest_id, n.status, n.requested_at, n.finished_at, n.detail, f.started_at as first_at,
         c.id as complete_id, c.started_at as complete_started_at, c.finished_at as complete_finished_at, c.accounts, c.unread
       from unnest($1::text[]) as k(id)
         left join lateral (select * from account_reading r where r.connector = k.id order by r.requested_at desc, r.id desc limit 1) n on true
         left join lateral (select * from account_reading r where r.connector = k.id and r.status = 'completed'
           order by r.requested_at desc, r.id desc limit 1) c on true
         left join lateral (select r.started_at from account_reading r where r.connector = k.id and r.status = 'completed'
           order by r.requested_at, r.id limit 1) f on true`,
      [connectors.map(({ id }) => id)],
    );
    const known = new Map(rows.map((row) => [row.connector, row]));
    return new Map(connectors.map((one) => [one.id, this.coverage(one, known.get(one.id))]));
  }

  private coverage({ status, document }: CoveredConnector, row: Row | undefined): Coverage {
    const schedule = { every: document.reconcile.every, window: document.window };
    const readings = { newest: newestOf(row), first: row?.first_at?.toISOString() ?? null, complete: completeOf(row) };
    return coverageOf(readings, schedule, { now: this.clock.now(), running: status === 'running' });
  }
}

function newestOf(row: Row | undefined): Parameters<typeof coverageOf>[0]['newest'] {
  if (row === undefined || row.newest_id === null) return null;
  const { newest_id: id, status, requested_at, finished_at, detail } = row;
  return {
    id,
    status,
    requestedAt: requested_at.toISOString(),
    finishedAt: finished_at?.toISOString() ?? null,
    detail,
  };
}

function completeOf(row: Row | undefined): Parameters<typeof coverageOf>[0]['complete'] {
  if (row?.complete_id == null || row.complete_started_at === null || row.complete_finished_at === null) return null;
  return {
    id: row.complete_id,
    startedAt: row.complete_started_at.toISOString(),
    finishedAt: row.complete_finished_at.toISOString(),
    accounts: row.accounts,
    unread: row.unread,
  };
}
