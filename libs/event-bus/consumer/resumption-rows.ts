import { ownerOf, type Topic } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { ReaderPosition } from '../event-bus.port.js';
import type { Resumption } from './resumption.js';

/** A log in which a reader has lost its position. */
export interface LostPosition {
  readonly group: string;
  readonly topic: string;
  readonly log: number;
  /** ISO 8601 instant, UTC: when its position moved last; null if that is not known. */
  readonly movedAt: string | null;
  readonly back: string;
}

/**
 * The time before its last move for which a reader needs all messages again. It may have been as late as its topic keeps
 * messages (7 days); one more day covers clocks and late relays. Inboxes know 14 days, so nothing is handled twice.
 */
const marginDays = 8;

/** The services whose messages a topic holds. */
function sourcesOf(topic: string): readonly string[] {
  const owner = ownerOf[topic as Topic];
  return owner === undefined || owner === null ? everyService : [owner];
}

const everyService = [...new Set(Object.values(ownerOf).filter((owner) => owner !== null))];

/** The resumptions under way of some readers. */
export async function readResumptions(db: Database, groups: readonly string[]): Promise<Resumption[]> {
  const rows = await db.query<Omit<Resumption, 'since'> & { since: Date }>(
    `select id, consumer as "group", topic, log, since, waits_for as "waitsFor", back from resumption
     where consumer = any($1::text[]) order by consumer, topic, log`,
    [groups],
  );
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
}

/** Begins resumptions at lost positions. If the last move is unknown, the inbox tells it; if the inbox does not, everything is needed. */
export async function resumptionsAt(db: Database, id: string, lost: readonly LostPosition[]): Promise<Resumption[]> {
  const rows = await db.query<{ since: Date }>(
    `select least(r.since, coalesce(
         coalesce(l.moved_at, (select max(i.seen_at) from inbox i where i.consumer = l.consumer and i.topic = l.topic))
           - ${marginDays} * interval '1 day', to_timestamp(0))) as since
     from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[]) with ordinality l(consumer, topic, log, moved_at, place)
       left join resumption r on r.consumer = l.consumer and r.topic = l.topic and r.log = l.log
     order by l.place`,
    [lost.map((l) => l.group), lost.map((l) => l.topic), lost.map((l) => l.log), lost.map((l) => l.movedAt)],
  );
  return lost.map(({ group, topic, log, back }, index) => ({
    ...{ id, group, topic, log, back },
    since: (rows[index]?.since ?? new Date(0)).toISOString(),
    waitsFor: sourcesOf(topic),
  }));
}

/** Stages the begin of resumptions; it replaces earlier ones of the same logs, whose position was lost again. */
export function stageResumptions(work: Work, begun: readonly Resumption[]): void {
  work.run(
    `insert into resumption (consumer, topic, log, id, since, waits_for, back)
     select r.consumer, r.topic, r.log, r.id, r.since, r.waits_for, r.back
     from jsonb_to_recordset($1::jsonb)
       r(consumer text, topic text, log int, id uuid, since timestamptz, waits_for text[], back text)
     on conflict (consumer, topic, log) do update
       set id = excluded.id, since = excluded.since, waits_for = excluded.waits_for, back = excluded.back`,
    [JSON.stringify(begun.map(({ group, waitsFor, ...r }) => ({ ...r, consumer: group, waits_for: waitsFor })))],
  );
}

/** Stages how far a resumption came with a page. */
export function moveResumption(work: Work, was: Resumption, left: Resumption | null): void {
  const key = [was.group, was.topic, was.log, was.id];
  const where = 'where consumer = $1 and topic = $2 and log = $3::int and id = $4::uuid';
  if (left === null) work.expect(`delete from resumption ${where}`, key, 1, 'resumption as it was read');
  else if (left.waitsFor.length < was.waitsFor.length)
    work.expect(
      `update resumption set waits_for = $5::text[] ${where}`,
      [...key, left.waitsFor],
      1,
      'resumption as it was read',
    );
}

/** The state of readers: some have lost their position, some resume. */
export function positionsOf(
  readers: readonly { group: string; topic: string }[],
  lost: readonly { group: string; topic: string }[],
  resuming: readonly Resumption[],
): ReaderPosition[] {
  return readers.map(({ group, topic }) => {
    const of = (one: { group: string; topic: string }): boolean => one.group === group && one.topic === topic;
    if (lost.some(of)) return { group, topic, state: 'gone', resumption: null };
    const mine = resuming.filter(of);
    const [first] = mine;
    if (first === undefined) return { group, topic, state: 'reading', resumption: null };
    const since = mine.map((one) => one.since).sort()[0] ?? first.since;
    const waitsFor = [...new Set(mine.flatMap((one) => one.waitsFor))];
    return { group, topic, state: 'resuming', resumption: { id: first.id, since, waitsFor } };
  });
}
