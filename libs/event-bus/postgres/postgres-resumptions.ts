import { hasShape, parsed } from '#libs/event-store/core.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { LastMove } from '../consumer/consumer-state.js';
import type { LostPosition } from '../consumer/resumption-rows.js';
import type { Resumption } from '../consumer/resumption.js';
import type { TopicPosition } from './topic-positions.js';

/**
 * Readers after whose position messages were deleted. `back` is before every message of a transaction that is open now:
 * who reads the stores from now on reads all that is older.
 */
export async function lostPositions(
  db: Database,
  readers: readonly { group: string; topic: string }[],
): Promise<LostPosition[]> {
  const rows = await db.query<{ group: string; topic: string; movedAt: Date | null; epoch: number; tx: string }>(
    `select p.consumer as "group", p.topic, p.moved_at as "movedAt", i.epoch,
       pg_snapshot_xmin(pg_current_snapshot())::text as tx
     from bus.identity i, unnest($1::text[], $2::text[]) r(consumer, topic)
       join bus.place p on p.consumer = r.consumer and p.topic = r.topic
       join bus.pruned g on g.topic = p.topic
     where (g.epoch, g.tx, g.position) > (p.epoch, p.tx, p.position)`,
    [readers.map((r) => r.group), readers.map((r) => r.topic)],
  );
  return rows.map(({ group, topic, movedAt, epoch, tx }) => ({
    ...{ group, topic, log: 0, movedAt: movedAt?.toISOString() ?? null },
    back: JSON.stringify({ epoch, tx, position: '0' }),
  }));
}

const isPlace = hasShape<Omit<TopicPosition, 'topic'>>({ epoch: 'number', tx: 'text', position: 'text' });

/** The position at which a reader goes on after its resumption. */
export function positionFrom({ topic, back }: Resumption): TopicPosition {
  return { topic, ...parsed<Omit<TopicPosition, 'topic'>>(`the place in ${topic}`, isPlace, JSON.parse(back)) };
}

/** Stages that lost positions are where their topics end. Somebody else who resumed them meanwhile is a conflict. */
export function setLostPositions(work: Work, begun: readonly Resumption[]): void {
  const to = begun.map(positionFrom);
  work.expect(
    `update bus.place p set epoch = u.epoch, tx = u.tx::xid8, position = u.position
     from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[]) u(consumer, topic, epoch, tx, position)
       join bus.pruned g on g.topic = u.topic
     where p.consumer = u.consumer and p.topic = u.topic and (g.epoch, g.tx, g.position) > (p.epoch, p.tx, p.position)`,
    [
      begun.map((one) => one.group),
      to.map((p) => p.topic),
      to.map((p) => p.epoch),
      to.map((p) => p.tx),
      to.map((p) => p.position),
    ],
    begun.length,
    'lost positions as they were read',
  );
}

/** When the positions of these readers moved last. */
export async function lastMoves(db: Database, groups: readonly string[]): Promise<LastMove[]> {
  return await db.query<LastMove>(
    `select consumer, topic, moved_at::text as at from bus.place where consumer = any($1::text[])`,
    [groups],
  );
}
