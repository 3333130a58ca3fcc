import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import type { Unread } from '../coverages/coverages.exports.js';
import type { Doubt } from './plausibility.js';

/** `held`: it was not believed, so that nothing counts as gone. */
export type ReadingStatus = 'running' | 'completed' | 'held' | 'failed';
export type ReadingPhase = 'waiting' | 'accounts' | 'entitlements' | 'matching' | 'over';

/** How far a reading of an application is. */
export interface ReadingCounts {
  readonly pages: number;
  /** Different accounts shown so far. */
  readonly accounts: number;
  readonly added: number;
  /** Shown otherwise than before. */
  readonly changed: number;
  /** There again after they were missing. */
  readonly returned: number;
  /** There before and not shown now; they count as gone only in a completed reading. */
  readonly missing: number;
  /** Groups and roles that accounts hold. */
  readonly holdings: number;
}

export interface ReadingView extends ReadingCounts {
  readonly id: string;
  readonly connector: string;
  readonly trigger: 'request' | 'schedule';
  /** So many accounts may be missing, as somebody confirmed. */
  readonly confirmed: number | null;
  readonly status: ReadingStatus;
  readonly phase: ReadingPhase;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Accounts that were there before; null until it began. */
  readonly expected: number | null;
  /** Why it is held; null for another. */
  readonly reason: Doubt | null;
  /** Why it is held or failed, and what to do. */
  readonly detail: string | null;
  /** The first accounts that were not shown. */
  readonly notShown: readonly string[];
  /** Kinds of entitlements of which it did not show who holds them all. */
  readonly unread: readonly Unread[];
}

interface Row
  extends
    ReadingCounts,
    Pick<
      ReadingView,
      'id' | 'connector' | 'trigger' | 'confirmed' | 'status' | 'phase' | 'expected' | 'reason' | 'detail' | 'unread'
    > {
  readonly requested_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly not_shown: readonly string[];
}

/** How a reading ended. */
export interface ReadingEnd extends Pick<ReadingView, 'reason' | 'detail' | 'notShown' | 'unread'> {
  readonly status: Exclude<ReadingStatus, 'running'>;
}

const columns = `id, connector, trigger, confirmed, status, phase, requested_at, started_at, finished_at, expected, pages, accounts, added,
  changed, returned, missing, holdings, reason, detail, not_shown, unread`;

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  trigger: { sql: 'trigger', type: 'text' },
  reason: { sql: 'reason', type: 'text' },
  requestedAt: { sql: 'requested_at', type: 'timestamp' },
  finishedAt: { sql: 'finished_at', type: 'timestamp' },
};

/** What is asked for with a reading. */
export type AskedReading = Pick<ReadingView, 'id' | 'connector' | 'trigger' | 'confirmed' | 'requestedAt'>;

/** Readings of applications: which are asked for, how far they are, how they ended. */
@Injectable()
export class Readings {
  constructor(private readonly db: Database) {}

  /** When the first complete reading was over; null before that. */
  async firstReadAt(connector: string): Promise<string | null> {
    const [row] = await this.db.query<{ at: Date | null }>(
      `select min(finished_at) as at from account_reading where connector = $1 and status = 'completed'`,
      [connector],
    );
    return row?.at?.toISOString() ?? null;
  }

  /** Asks for a reading; one that is under way answers for it. */
  async ask({ id, connector, trigger, confirmed, requestedAt }: AskedReading): Promise<ReadingView> {
    await this.db.query(
      `insert into account_reading (id, connector, trigger, confirmed, status, phase, requested_at)
       values ($1::uuid, $2, $3, $4::int, 'running', 'waiting', $5::timestamptz)
       on conflict (connector) where status = 'running' do nothing`,
      [id, connector, trigger, confirmed, requestedAt],
    );
    return (
      (await this.get(connector, id)) ??
      (await this.open(connector)) ??
      (await this.ask({ id, connector, trigger, confirmed, requestedAt }))
    );
  }

  /** The reading that is to be made now; null for none. */
  async open(connector: string): Promise<ReadingView | null> {
    return await this.one(`connector = $1 and status = 'running'`, [connector]);
  }

  async get(connector: string, id: string): Promise<ReadingView | null> {
    return await this.one(`connector = $1 and id = $2::uuid`, [connector, id]);
  }

  /** The one that was asked for last; null for none. */
  async newest(connector: string): Promise<ReadingView | null> {
    return await this.one(`connector = $1 order by requested_at desc, id desc limit 1`, [connector]);
  }

  /** The newest one that was believed; null for none. */
  async lastCompleted(connector: string): Promise<ReadingView | null> {
    return await this.one(`connector = $1 and status = 'completed' order by requested_at desc limit 1`, [connector]);
  }

  async page(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<ReadingView>> {
    const condition = listCondition(filter, filterColumns, 5);
    const after = decodeCursor(cursor, ['instant', 'uuid']) ?? ['9999-01-01T00:00:00Z', firstUuid];
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from account_reading
       where connector = $1 and (requested_at, id) < ($2::timestamptz, $3::uuid) and (${condition.sql})
       order by requested_at desc, id desc limit $4`,
      [connector, ...after, limit + 1, ...condition.params],
    );
    return pageOf<Row, ReadingView>(rows, limit, ({ requested_at, id }) => [requested_at.toISOString(), id], viewOf);
  }

  /** A reading begins; also again, after the process that made it ended. */
  async begin(id: string, expected: number, now: string): Promise<void> {
    await this.db.query(
      `update account_reading set phase = 'accounts', started_at = $3::timestamptz, expected = $2::int, pages = 0, accounts = 0, added = 0,
         changed = 0, returned = 0, missing = 0, holdings = 0 where id = $1::uuid`,
      [id, expected, now],
    );
  }

  async progress(id: string, phase: ReadingPhase, counts: ReadingCounts): Promise<void> {
    const { pages, accounts, added, changed, returned, missing, holdings } = counts;
    await this.db.query(
      `update account_reading set phase = $2, pages = $3::int, accounts = $4::int, added = $5::int, changed = $6::int, returned = $7::int,
         missing = $8::int, holdings = $9::int where id = $1::uuid`,
      [id, phase, pages, accounts, added, changed, returned, missing, holdings],
    );
  }

  end(work: Work, id: string, { status, reason, detail, notShown, unread }: ReadingEnd, now: string): void {
    work.run(
      `update account_reading set status = $2, phase = 'over', finished_at = $3::timestamptz, reason = $4, detail = $5, not_shown = $6::jsonb,
         unread = $7::jsonb
       where id = $1::uuid`,
      [id, status, now, reason, detail, JSON.stringify(notShown), JSON.stringify(unread)],
    );
  }

  private async one(condition: string, params: readonly unknown[]): Promise<ReadingView | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from account_reading where ${condition}`,
      params,
    );
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf({ requested_at, started_at, finished_at, not_shown, ...row }: Row): ReadingView {
  return {
    ...row,
    requestedAt: requested_at.toISOString(),
    startedAt: started_at?.toISOString() ?? null,
    finishedAt: finished_at?.toISOString() ?? null,
    notShown: not_shown,
  };
}
