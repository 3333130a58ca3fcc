import { personalRetentionDays } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import type { Fragment } from '#libs/event-store/statement.js';
import type { Work } from '#libs/event-store/work.js';
import { fromHeaders, headersIn, ownHeaders } from '../cloud-event.js';
import type { Subscription } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';

/** One claimed row; `claims` proves the claim: a later claim raises the number. */
export interface UrgentRow {
  readonly topic: string;
  readonly id: string;
  readonly claims: number;
  readonly message: PublicMessage;
}

/** Channel for stored urgent messages. */
export const urgentChannel = (table: UrgentTable): string => `urgent.${table}`;

/** `bus.urgent` has a row for each consumer; `urgent_outbox` of a service's own schema has one for its Kafka relay. */
export type UrgentTable = 'bus.urgent' | 'urgent_outbox';

/** Consumer of `urgent_outbox`. */
export const relayName = 'relay';

/** Time for the ordinary way before the urgent way takes a message, in milliseconds; usually it needs less. */
export const graceMs = 150;
/** An unfinished claim ends after this time, in seconds. */
const claimSeconds = 30;

/**
 * The urgent way in addition to the ordinary one: rows are claimed, not read by cursor. A transaction that stays open
 * anywhere in the cluster stops readers in commit order, but not claims.
 */
export class UrgentRows {
  constructor(
    private readonly db: Database,
    private readonly table: UrgentTable,
  ) {}

  /** Stores the urgent ones of these messages for every consumer of their topics; null when none is urgent. */
  insert(messages: readonly PublicMessage[]): Fragment | null {
    const urgent = messages.filter((message) => message.urgent === true);
    if (urgent.length === 0) return null;
    const consumers =
      this.table === 'bus.urgent'
        ? 'join bus.urgent_reader r on r.topic = u.topic'
        : `cross join (select '${relayName}' as consumer) r`;
    return {
      sql: `insert into ${this.table} (consumer, topic, id, key, headers, body)
        select r.consumer, u.topic, u.id, u.key, u.headers, u.body
        from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[]) with ordinality u(topic, id, key, headers, body, place)
          ${consumers} order by u.place`,
      params: [
        urgent.map((m) => m.topic),
        urgent.map((m) => m.id),
        urgent.map((m) => m.key),
        urgent.map((m) => JSON.stringify(ownHeaders(m))),
        urgent.map((m) => JSON.stringify(m.body)),
      ],
    };
  }

  /**
   * Claims the oldest rows of a consumer that the ordinary way left for too long, at most one of each key: order holds per
   * key. Rows that another process claims at this moment are skipped.
   */
  async claim(consumer: string, limit: number): Promise<UrgentRow[]> {
    const rows = await this.db.query<{
      topic: string;
      id: string;
      claims: number;
      place: string;
      key: string;
      headers: string;
      body: string;
    }>(
      `update ${this.table} u set claimed_until = clock_timestamp() + ${claimSeconds} * interval '1 second', claims = u.claims + 1
       from (select consumer, topic, id from ${this.table} o
             where consumer = $1 and written_at < clock_timestamp() - $3 * interval '1 millisecond'
               and (claimed_until is null or claimed_until < clock_timestamp())
               and not exists (select from ${this.table} e where e.consumer = o.consumer and e.key = o.key and e.place < o.place)
             order by place limit $2 for update skip locked) d
       where u.consumer = d.consumer and u.topic = d.topic and u.id = d.id
       returning u.topic, u.id, u.claims, u.place, u.key, u.headers, u.body`,
      [consumer, limit, graceMs],
    );
    return rows
      .sort((a, b) => Number(a.place) - Number(b.place))
      .map(({ topic, id, claims, place, key, headers, body }) => {
        const at = { topic, key, log: `urgent/${topic}`, place: Number(place), fallbackId: () => id };
        return { topic, id, claims, message: fromHeaders(at, headersIn(headers), body) };
      });
  }

  /** Stages that claimed rows are finished; the work fails with a conflict unless each is still claimed by us. */
  finish(work: Work, consumer: string, rows: readonly UrgentRow[]): void {
    work.expect(
      `delete from ${this.table} u using unnest($2::text[], $3::uuid[], $4::int[]) d(topic, id, claims)
       where u.consumer = $1 and u.topic = d.topic and u.id = d.id and u.claims = d.claims`,
      [consumer, rows.map((r) => r.topic), rows.map((r) => r.id), rows.map((r) => r.claims)],
      rows.length,
      'urgent messages as they were claimed',
    );
  }

  /** Are all of them still claimed by us? */
  async ours(consumer: string, rows: readonly UrgentRow[]): Promise<boolean> {
    const [found] = await this.db.query<{ count: number }>(
      `select count(*)::int as count from ${this.table} u
       join unnest($2::text[], $3::uuid[], $4::int[]) d(topic, id, claims) on u.topic = d.topic and u.id = d.id and u.claims = d.claims
       where u.consumer = $1`,
      [consumer, rows.map((r) => r.topic), rows.map((r) => r.id), rows.map((r) => r.claims)],
    );
    return found?.count === rows.length;
  }

  /** Stages that the ordinary way delivered these messages: the urgent way need not. */
  overtaken(work: Work, consumer: string, messages: readonly PublicMessage[]): void {
    const urgent = messages.filter((message) => message.urgent === true);
    if (urgent.length === 0) return;
    work.run(
      `delete from ${this.table} u using unnest($2::text[], $3::uuid[]) d(topic, id)
       where u.consumer = $1 and u.topic = d.topic and u.id = d.id`,
      [consumer, urgent.map((m) => m.topic), urgent.map((m) => m.id)],
    );
  }
}

/** From now on urgent messages of their topics are stored for these subscriptions, too. */
export async function registerUrgent(db: Database, subscriptions: readonly Subscription[]): Promise<void> {
  const wanted = subscriptions.filter(({ urgent }) => urgent === true);
  const pairs = wanted.flatMap(({ group, topics }) => topics.map((topic) => ({ group, topic })));
  if (pairs.length === 0) return;
  await db.query(
    `insert into bus.urgent_reader (consumer, topic) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
    [pairs.map((p) => p.group), pairs.map((p) => p.topic)],
  );
}

/**
 * Deletes rows that nobody claims any more, for example of a removed consumer. The ordinary way still has the messages.
 */
export async function pruneUrgent(db: Database, table: UrgentTable): Promise<void> {
  if (table === 'bus.urgent') await db.query('select bus.prune_urgent()');
  else await db.query(`delete from ${table} where written_at < now() - $1 * interval '1 day'`, [personalRetentionDays]);
}
