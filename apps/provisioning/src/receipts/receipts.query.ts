import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Clock } from '#libs/system/clock.js';
import { decidedAtSql, receiptsSql } from './receipt-rows.query.js';

/** How far one kind of access is gone. */
export interface ReceiptPart {
  /** Taken away since the person left, and shown to be gone. */
  readonly verified: number;
  /** Still there, or not shown to be gone. */
  readonly open: number;
  /** When the application first answered a removal with success. */
  readonly acceptedAt: string | null;
  /** When the last of it was shown to be gone; null while some is open. */
  readonly verifiedAt: string | null;
}

/** What became of a leaver's access in one application. */
export interface ReceiptView {
  readonly person: { readonly id: string; readonly employeeId: string | null; readonly displayName: string | null };
  readonly application: { readonly id: string; readonly displayName: string };
  readonly connector: string;
  /** The application's own id of the account; null while unknown. */
  readonly account: string | null;
  readonly decidedAt: string;
  readonly dueAt: string;
  /** `accepted`: the application answered with success, and no reading has shown it. */
  readonly state: 'waiting' | 'accepted' | 'verified';
  readonly acceptedAt: string | null;
  /** When the access was shown to be gone: the account, and the roles that go with it. */
  readonly verifiedAt: string | null;
  /** From the decision to `verifiedAt`. */
  readonly seconds: number | null;
  /** It took, or already takes, longer than was agreed. */
  readonly late: boolean;
  readonly parts: {
    readonly account: ReceiptPart;
    readonly memberships: ReceiptPart;
    readonly roles: ReceiptPart;
  };
  /** The hub does not end sessions that are open in the application. */
  readonly sessions: 'not-covered';
}

/** How long revocations took. Open ones are in no percentile: `open` and `late` count them. */
export interface ReceiptSummary {
  readonly from: string;
  readonly to: string;
  readonly agreedSeconds: number;
  readonly total: number;
  readonly verified: number;
  readonly open: number;
  readonly late: number;
  /** Seconds from the decision to the reading; null where none is verified. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly longest: number | null;
}

interface PartRow {
  readonly verified: number;
  readonly open: number;
  readonly accepted_at: string | null;
  readonly verified_at: string | null;
}

interface Row extends Record<string, unknown> {
  readonly identity_id: string;
  readonly employee_id: string | null;
  readonly display_name: string | null;
  readonly application: string;
  readonly application_name: string;
  readonly connector: string;
  readonly account_id: string | null;
  readonly decided_at: Date;
  readonly decided_us: string;
  readonly accepted_at: Date | null;
  readonly verified_at: Date | null;
  readonly late: boolean;
  readonly account: PartRow;
  readonly memberships: PartRow;
  readonly roles: PartRow;
}

const filterColumns: Readonly<Record<string, Column>> = {
  'person.id': { sql: 'r.identity_id', type: 'uuid' },
  'person.employeeId': { sql: 'r.employee_id', type: 'text' },
  application: { sql: 'r.application', type: 'text' },
  connector: { sql: 'r.connector', type: 'text' },
  state: { sql: 'r.state', type: 'text' },
  decidedAt: { sql: 'r.decided_at', type: 'timestamp' },
  verifiedAt: { sql: 'r.verified_at', type: 'timestamp' },
  late: { sql: 'r.late', type: 'boolean' },
};
const farFuture = 253_402_300_799_000_000;

/** Receipts of revocations: what became of the access of people who left. */
@Injectable()
export class Receipts {
  constructor(
    private readonly db: Database,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  /** Newest decision first. */
  async page({ limit, cursor, filter }: PageQuery): Promise<Page<ReceiptView>> {
    const condition = listCondition(filter, filterColumns, 7);
    const [before, identity, application] = decodeCursor(cursor, ['index', 'uuid', 'text']) ?? [farFuture, null, ''];
    const rows = await this.db.query<Row>(
      `select r.* from (${receiptsSql('$1', '$2')}) r
       where (r.decided_at, r.identity_id, r.application)
         < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::uuid, $5::text) and (${condition.sql})
       order by r.decided_at desc, r.identity_id desc, r.application desc limit $6`,
      [...this.terms(), before, identity ?? lastUuid, application, limit + 1, ...condition.params],
    );
    return pageOf(
      rows,
      limit,
      (row) => [Number(row.decided_us), row.identity_id, row.application],
      (row) => this.viewOf(row),
    );
  }

  /** Over the people who left in a period. */
  async summary(from: string, to: string): Promise<ReceiptSummary> {
    const { revocationWithinMs } = this.settings;
    const [row] = await this.db.query<Omit<ReceiptSummary, 'from' | 'to' | 'agreedSeconds'> & Record<string, unknown>>(
      `select count(*)::int as total, count(r.verified_at)::int as verified, (count(*) - count(r.verified_at))::int as open,
         count(*) filter (where r.late)::int as late, percentile_disc(0.5) within group (order by r.seconds) as p50,
         percentile_disc(0.95) within group (order by r.seconds) as p95, percentile_disc(0.99) within group (order by r.seconds) as p99,
         max(r.seconds) as longest
       from (${receiptsSql('$1', '$2', `and ${decidedAtSql} >= $3::timestamptz and ${decidedAtSql} < $4::timestamptz`)}) r`,
      [...this.terms(), from, to],
    );
    const none = { total: 0, verified: 0, open: 0, late: 0, p50: null, p95: null, p99: null, longest: null };
    return { from, to, agreedSeconds: revocationWithinMs / 1_000, ...(row ?? none) };
  }

  private terms(): [now: string, agreedSeconds: number] {
    return [this.clock.now(), this.settings.revocationWithinMs / 1_000];
  }

  private viewOf(row: Row): ReceiptView {
    const { decided_at: decidedAt, verified_at: verifiedAt, accepted_at: acceptedAt } = row;
    return {
      person: { id: row.identity_id, employeeId: row.employee_id, displayName: row.display_name },
      application: { id: row.application, displayName: row.application_name },
      connector: row.connector,
      account: row.account_id,
      decidedAt: decidedAt.toISOString(),
      dueAt: new Date(decidedAt.getTime() + this.settings.revocationWithinMs).toISOString(),
      state: verifiedAt !== null ? 'verified' : acceptedAt !== null ? 'accepted' : 'waiting',
      acceptedAt: acceptedAt?.toISOString() ?? null,
      verifiedAt: verifiedAt?.toISOString() ?? null,
      seconds: verifiedAt === null ? null : (verifiedAt.getTime() - decidedAt.getTime()) / 1_000,
      late: row.late,
      parts: { account: partOf(row.account), memberships: partOf(row.memberships), roles: partOf(row.roles) },
      sessions: 'not-covered',
    };
  }
}

function partOf({ verified, open, accepted_at: accepted, verified_at: shown }: PartRow): ReceiptPart {
  return { verified, open, acceptedAt: instantOf(accepted), verifiedAt: open > 0 ? null : instantOf(shown) };
}

const instantOf = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString());
