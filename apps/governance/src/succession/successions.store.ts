import { Injectable } from '@nestjs/common';
import { parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { areResponsibilities, type Responsibility } from './responsibilities.js';

/** What somebody left behind who was responsible for something, and who has it now. */
export interface Succession {
  readonly leaverId: string;
  /** `open` while nobody has it. */
  readonly status: 'open' | 'done';
  readonly items: readonly Responsibility[];
  /** People who report to the leaver, and whom the leaver sponsors, by what HR says: HR has to name another. */
  readonly reports: number;
  readonly sponsored: number;
  readonly openedAt: string;
  readonly successorId: string | null;
  readonly closedAt: string | null;
}

const columns: Readonly<Record<string, Column>> = {
  leaverId: { sql: 'leaver_id', type: 'uuid' },
  successorId: { sql: 'successor_id', type: 'uuid' },
  status: { sql: 'status', type: 'word' },
  openedAt: { sql: 'opened_at', type: 'timestamp' },
};

/** Rows of successions: what was listed and moved. The documents of the catalog have the facts. */
@Injectable()
export class Successions {
  constructor(private readonly db: Database) {}

  open(
    work: Work,
    { leaverId, items, reports, sponsored, openedAt }: Omit<Succession, 'status' | 'successorId' | 'closedAt'>,
  ): void {
    work.run(
      `insert into succession (leaver_id, status, items, reports, sponsored, opened_at)
       values ($1::uuid, 'open', $2::jsonb, $3::int, $4::int, $5::timestamptz)
       on conflict (leaver_id) do update set status = 'open', items = excluded.items, reports = excluded.reports,
         sponsored = excluded.sponsored, opened_at = excluded.opened_at, successor_id = null, closed_at = null`,
      [leaverId, JSON.stringify(items), reports, sponsored, openedAt],
    );
  }

  close(work: Work, leaverId: string, successorId: string, at: string): void {
    work.run(
      `update succession set status = 'done', successor_id = $2::uuid, closed_at = $3::timestamptz where leaver_id = $1::uuid`,
      [leaverId, successorId, at],
    );
  }

  async find(leaverId: string): Promise<Succession | null> {
    const rows = await this.db.query<Row>(`select * from succession where leaver_id = $1::uuid`, [leaverId]);
    return rows.map(successionOf)[0] ?? null;
  }

  async list(filter: string | undefined, after: string | null, limit: number): Promise<Succession[]> {
    const condition = listCondition(filter, columns, 3);
    const rows = await this.db.query<Row>(
      `select * from succession where leaver_id > $1::uuid and (${condition.sql}) order by leaver_id limit $2::int`,
      [after ?? firstUuid, limit, ...condition.params],
    );
    return rows.map(successionOf);
  }

  /** People who report to somebody, and whom one of these numbers sponsors. */
  async peopleOf(identityId: string, numbers: readonly string[]): Promise<Pick<Succession, 'reports' | 'sponsored'>> {
    const [row] = await this.db.query<Pick<Succession, 'reports' | 'sponsored'> & Record<string, unknown>>(
      `select (select count(*)::int from identity where manager_id = $1::uuid and status <> 'inactive') as reports,
         (select count(*)::int from identity where attributes ->> 'sponsorId' = any($2::text[]) and status <> 'inactive') as sponsored`,
      [identityId, numbers],
    );
    return { reports: row?.reports ?? 0, sponsored: row?.sponsored ?? 0 };
  }

  /** To whom somebody has handed over decisions lately, the newest first. */
  async deputiesOf(identityId: string, at: string): Promise<string[]> {
    const rows = await this.db.query<{ delegate: string }>(
      `select delegate_id as delegate from delegation
       where delegator_id = $1::uuid and from_at <= $2::timestamptz and until_at > $2::timestamptz order by id desc`,
      [identityId, at],
    );
    return rows.map(({ delegate }) => delegate);
  }
}

interface Row extends Record<string, unknown> {
  readonly leaver_id: string;
  readonly status: Succession['status'];
  readonly items: unknown;
  readonly reports: number;
  readonly sponsored: number;
  readonly opened_at: Date;
  readonly successor_id: string | null;
  readonly closed_at: Date | null;
}

function successionOf(row: Row): Succession {
  return {
    leaverId: row.leaver_id,
    status: row.status,
    items: parsed<readonly Responsibility[]>(`the succession of ${row.leaver_id}`, areResponsibilities, row.items),
    reports: row.reports,
    sponsored: row.sponsored,
    openedAt: row.opened_at.toISOString(),
    successorId: row.successor_id,
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}
