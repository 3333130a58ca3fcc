import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { PositionGone } from '../consumer/position-gone.js';
import type { Lag } from '../event-bus.port.js';

/** After the message at (epoch, tx, position) of its topic. */
export interface TopicPosition {
  readonly topic: string;
  readonly epoch: number;
  readonly tx: string;
  readonly position: string;
}

/**
 * Stores where a consumer begins in topics that are new to it: after what was deleted already. Else nobody notices that
 * its first messages were deleted before it read them.
 */
export async function keepBeginnings(db: Database, consumer: string, of: readonly string[]): Promise<void> {
  await db.query(
    `insert into bus.place (consumer, topic, epoch, tx, position)
     select $1::text, t.topic, coalesce(g.epoch, 0), coalesce(g.tx, '1'::xid8), coalesce(g.position, 0)
     from unnest($2::text[]) t(topic) left join bus.pruned g on g.topic = t.topic on conflict do nothing`,
    [consumer, of],
  );
}

/** A consumer's positions in its topics; the beginning for a new topic. @throws PositionGone */
export async function readPositions(db: Database, consumer: string, of: readonly string[]): Promise<TopicPosition[]> {
  const rows = await db.query<{ topic: string; epoch: number; tx_text: string; position: string; gone: boolean }>(
    `select p.topic, p.epoch, p.tx::text as tx_text, p.position,
       coalesce((g.epoch, g.tx, g.position) > (p.epoch, p.tx, p.position), false) as gone
     from bus.place p left join bus.pruned g on g.topic = p.topic where p.consumer = $1 and p.topic = any($2::text[])`,
    [consumer, of],
  );
  const known = new Map(rows.map((row) => [row.topic, row]));
  return of.map((topic) => {
    const row = known.get(topic);
    if (row === undefined) return { topic, epoch: 0, tx: '0', position: '0' };
    if (row.gone) throw new PositionGone(consumer, topic);
    return { topic, epoch: row.epoch, tx: row.tx_text, position: row.position };
  });
}

/** Messages of a topic after a consumer's position, counted up to `atMost`; 0 for a consumer without one. */
export async function countLag(db: Database, consumer: string, topic: string, atMost: number): Promise<number> {
  const [row] = await db.query<{ lag: number }>(
    `select count(*)::int as lag from bus.place p, lateral (
       select from bus.message m where m.topic = p.topic and (m.epoch, m.tx, m.position) > (p.epoch, p.tx, p.position)
       order by m.epoch, m.tx, m.position limit $3
     ) m where p.consumer = $1 and p.topic = $2`,
    [consumer, topic, atMost],
  );
  return row?.lag ?? 0;
}

/** How long the first message after each reader's position has waited. */
export async function readLags(db: Database, readers: readonly { group: string; topic: string }[]): Promise<Lag[]> {
  const rows = await db.query<Lag>(
    `select r.consumer as reader, r.topic, coalesce(extract(epoch from clock_timestamp() - m.published_at), 0)::float8 as seconds,
       coalesce((g.epoch, g.tx, g.position) > (p.epoch, p.tx, p.position), false) as gone
     from unnest($1::text[], $2::text[]) r(consumer, topic)
       left join bus.place p on p.consumer = r.consumer and p.topic = r.topic
       left join bus.pruned g on g.topic = r.topic
       left join lateral (
         select b.published_at from bus.message b where b.topic = r.topic
           and (b.epoch, b.tx, b.position) > (coalesce(p.epoch, 0), coalesce(p.tx, '0'::xid8), coalesce(p.position, 0))
         order by b.epoch, b.tx, b.position limit 1
       ) m on true`,
    [readers.map((r) => r.group), readers.map((r) => r.topic)],
  );
  return rows;
}

/** Stages the move of positions; the work fails with a conflict if they changed since this reader read them. */
export function movePositions(
  work: Work,
  consumer: string,
  from: readonly TopicPosition[],
  to: readonly TopicPosition[],
): void {
  const was = new Map(from.map((place) => [place.topic, place]));
  const moves = to.map((place) => ({ place, was: was.get(place.topic) }));
  const first = moves.filter((m) => m.was === undefined || m.was.tx === '0').map((m) => m.place);
  const later = moves.flatMap((m) => (m.was === undefined || m.was.tx === '0' ? [] : [{ ...m, was: m.was }]));
  if (first.length > 0) {
    work.run(
      `insert into bus.place (consumer, topic, epoch, tx, position, moved_at)
       select $1::text, u.topic, u.epoch, u.tx::xid8, u.position, clock_timestamp()
       from unnest($2::text[], $3::int[], $4::text[], $5::bigint[]) u(topic, epoch, tx, position)`,
      [
        consumer,
        first.map((p) => p.topic),
        first.map((p) => p.epoch),
        first.map((p) => p.tx),
        first.map((p) => p.position),
      ],
    );
  }
  if (later.length > 0) {
    work.expect(
      `update bus.place p set epoch = u.epoch, tx = u.tx::xid8, position = u.position, moved_at = clock_timestamp()
       from unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::bigint[]) u(topic, epoch, tx, position, was_tx, was_position)
       where p.consumer = $1 and p.topic = u.topic and p.tx = u.was_tx::xid8 and p.position = u.was_position`,
      [
        consumer,
        later.map((m) => m.place.topic),
        later.map((m) => m.place.epoch),
        later.map((m) => m.place.tx),
        later.map((m) => m.place.position),
        later.map((m) => m.was.tx),
        later.map((m) => m.was.position),
      ],
      later.length,
      'place as it was read',
    );
  }
}
