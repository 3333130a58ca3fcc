import type { Database } from '#libs/event-store/database.js';
import type { ParkedCursor, ParkedMessage } from '../event-bus.port.js';

interface ParkedRow {
  readonly group: string;
  readonly topic: string;
  readonly line: string;
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly source: string;
  readonly sequence: string;
  readonly epoch: number;
  readonly reason: string;
  readonly failures: number;
  readonly parked_at: Date;
  readonly poison: boolean;
  readonly waiting: number;
}

/** Never the message itself: it may be large, and is about people. */
const columns = `p.consumer as "group", p.topic, p.line, p.id, p.key, p.type, p.source, p.sequence, p.epoch, p.reason, p.failures,
  p.parked_at, p.poison`;

/** The first message of each line of these consumers, by consumer, topic and line, after a line. One step down an index for each. */
export async function readLines(
  db: Database,
  consumers: readonly string[],
  limit: number,
  after: ParkedCursor | null,
): Promise<ParkedMessage[]> {
  const rows = await db.query<ParkedRow>(
    `select ${columns}, l.length - 1 as waiting
     from (select * from parked_line where consumer = any($1::text[])
             and ($2::text is null or (consumer, topic, line) > ($2::text, $3::text, $4::text))
           order by consumer, topic, line limit $5) l,
     lateral (select * from parked_message where consumer = l.consumer and topic = l.topic and line = l.line
              order by place limit 1) p
     order by l.consumer, l.topic, l.line`,
    [consumers, after?.group ?? null, after?.topic ?? null, after?.line ?? null, limit],
  );
  return rows.map(shown);
}

/** A parked message, once for each of these consumers that has it parked. @param id a UUID */
export async function findParked(db: Database, consumers: readonly string[], id: string): Promise<ParkedMessage[]> {
  const rows = await db.query<ParkedRow>(
    `select ${columns}, (select count(*)::int from parked_message q where q.consumer = p.consumer and q.topic = p.topic
                           and q.line = p.line and q.place > p.place) as waiting
     from parked_message p where p.consumer = any($1::text[]) and p.id = $2::uuid order by p.consumer, p.topic`,
    [consumers, id],
  );
  return rows.map(shown);
}

function shown({ parked_at, sequence, ...row }: ParkedRow): ParkedMessage {
  return { ...row, sequence: Number(sequence), parkedAt: parked_at.toISOString() };
}
