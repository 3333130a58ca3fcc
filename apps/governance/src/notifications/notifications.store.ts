import { Injectable } from '@nestjs/common';
import { isObject, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import type { Channel } from './channel.port.js';
import type { Notice, NoticeKind, NoticeSubject } from './notice.js';

/** One notice to one person on one channel. */
export interface Notification {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly channel: Channel['name'];
  readonly recipientId: string | null;
  readonly about: NoticeSubject;
  readonly status: 'pending' | 'sent' | 'failed' | 'obsolete';
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly problem: string | null;
  readonly dueAt: string;
  readonly createdAt: string;
  readonly sentAt: string | null;
}

/** What an attempt changes. */
export type Attempt = Pick<Notification, 'status' | 'attempts' | 'problem' | 'sentAt'>;

/** Place of the last row of a page. */
interface After {
  readonly createdAt: string;
  readonly id: string;
}

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  kind: { sql: 'kind', type: 'text' },
  channel: { sql: 'channel', type: 'text' },
  recipientId: { sql: 'recipient_id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  createdAt: { sql: 'created_at', type: 'timestamp' },
};

/** Notifications with how far they are. Ids only: the text is made when it is sent. */
@Injectable()
export class Notifications {
  constructor(private readonly db: Database) {}

  /** Each notice once, also when it is said again. @returns what is to be sent */
  stage(work: Work, notices: readonly Notice[], channel: Channel['name'], at: string): { id: string; dueAt: string }[] {
    const rows = new Map(
      notices.map(({ kind, recipient, about, dueAt, key }) => {
        const id = uuidv5(`notification/${channel}/${kind}/${recipient ?? ''}/${key}`);
        return [id, { id, kind, channel, recipient, about, dueAt }];
      }),
    );
    if (rows.size === 0) return [];
    work.run(
      `insert into notification (id, kind, channel, recipient_id, about, status, due_at, created_at)
       select x.id, x.kind, x.channel, x.recipient, x.about, 'pending', x."dueAt", $2::timestamptz
       from jsonb_to_recordset($1::jsonb)
         as x(id uuid, kind text, channel text, recipient uuid, about jsonb, "dueAt" timestamptz)
       on conflict (id) do nothing`,
      [JSON.stringify([...rows.values()]), at],
    );
    return [...rows.values()].map(({ id, dueAt }) => ({ id, dueAt }));
  }

  note(work: Work, id: string, { status, attempts, problem, sentAt }: Attempt): void {
    work.run(
      `update notification set status = $2, attempts = $3::int, problem = $4, sent_at = $5::timestamptz where id = $1::uuid`,
      [id, status, attempts, problem, sentAt],
    );
  }

  async find(ids: readonly string[]): Promise<Notification[]> {
    const rows = await this.db.query<Row>(`select * from notification where id = any($1::uuid[])`, [ids]);
    return rows.map(notificationOf);
  }

  /** Newest first. */
  async list(filter: string | undefined, after: After | null, limit: number): Promise<Notification[]> {
    const condition = listCondition(filter, columns, 4);
    const rows = await this.db.query<Row>(
      `select * from notification
       where ($1::timestamptz is null or (created_at, id) < ($1::timestamptz, $2::uuid)) and (${condition.sql})
       order by created_at desc, id desc limit $3::int`,
      [after?.createdAt ?? null, after?.id ?? null, limit, ...condition.params],
    );
    return rows.map(notificationOf);
  }

  /** Who asked for each of these requests. */
  async requestersOf(requests: readonly string[]): Promise<Map<string, string>> {
    if (requests.length === 0) return new Map();
    const rows = await this.db.query<{ id: string; requester: string }>(
      `select id, requester_id as requester from request where id = any($1::uuid[])`,
      [requests],
    );
    return new Map(rows.map(({ id, requester }) => [id, requester]));
  }

  /** The managers of these people. */
  async managersOf(identities: readonly string[]): Promise<Map<string, string>> {
    if (identities.length === 0) return new Map();
    const rows = await this.db.query<{ id: string; manager: string }>(
      `select id, manager_id as manager from identity where id = any($1::uuid[]) and manager_id is not null`,
      [identities],
    );
    return new Map(rows.map(({ id, manager }) => [id, manager]));
  }

  /** When these reviews end. */
  async endsOf(reviews: readonly string[]): Promise<Map<string, string>> {
    if (reviews.length === 0) return new Map();
    const rows = await this.db.query<{ id: string; due_at: Date }>(
      `select id, due_at from review where id = any($1::uuid[])`,
      [[...new Set(reviews)]],
    );
    return new Map(rows.map(({ id, due_at }) => [id, due_at.toISOString()]));
  }

  /** The name of a review; empty where a notice is about none. */
  async reviewTitle(review: string | undefined): Promise<string> {
    if (review === undefined) return '';
    const [row] = await this.db.query<{ title: string | null }>(
      `select state ->> 'displayName' as title from review where id = $1::uuid`,
      [review],
    );
    return row?.title ?? review;
  }

  /** Is it still so? A request may be decided, or an assignment may have ended, before somebody is told. */
  async holds({ kind, about, recipientId }: Notification): Promise<boolean> {
    const condition = conditions.find(({ kinds }) => kinds.includes(kind));
    if (condition === undefined) return true;
    const params = condition.params({ about, recipientId });
    const [row] = await this.db.query<{ holds: boolean }>(`select exists (${condition.sql}) as holds`, params);
    return row?.holds === true;
  }
}

/** Notices that say nothing any more once nothing is found. */
const conditions: readonly {
  readonly kinds: readonly NoticeKind[];
  readonly sql: string;
  readonly params: (notification: Pick<Notification, 'about' | 'recipientId'>) => unknown[];
}[] = [
  {
    kinds: ['approval-waiting', 'approval-escalated'],
    sql: `select 1 from request where id = $1::uuid and status = 'pending'`,
    params: ({ about }) => [about.request],
  },
  {
    kinds: ['access-starts', 'access-expiring', 'review-waiting'],
    sql: `select 1 from assignment where id = $1::uuid and status in ('scheduled', 'active', 'suspended')`,
    params: ({ about }) => [about.assignment],
  },
  {
    kinds: ['campaign-waiting', 'campaign-reminder'],
    sql: `select 1 from review_item where review_id = $1::uuid and status = 'open'
      and case when $2::uuid is null then reviewer_ids = '{}' else reviewer_ids @> array[$2::uuid] end`,
    params: ({ about, recipientId }) => [about.review, recipientId],
  },
];

/** Each field of a subject is a text, and none is in all of them. */
const isSubject = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((one) => typeof one === 'string');

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly channel: Channel['name'];
  readonly recipient_id: string | null;
  readonly about: unknown;
  readonly status: Notification['status'];
  readonly attempts: number;
  readonly problem: string | null;
  readonly due_at: Date;
  readonly created_at: Date;
  readonly sent_at: Date | null;
}

function notificationOf(row: Row): Notification {
  return {
    id: row.id,
    kind: row.kind,
    channel: row.channel,
    recipientId: row.recipient_id,
    about: parsed<NoticeSubject>(`notification ${row.id}`, isSubject, row.about),
    status: row.status,
    attempts: row.attempts,
    problem: row.problem,
    dueAt: row.due_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at?.toISOString() ?? null,
  };
}
