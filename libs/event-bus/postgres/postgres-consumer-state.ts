import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { fromText, toText } from '../cloud-event.js';
import {
  ConsumerState,
  nameIn,
  type InboxState,
  type LastMove,
  type Line,
  type LineChange,
  type LineName,
  type Move,
  type Progress,
} from '../consumer/consumer-state.js';
import type { ParkedCursor, ParkedMessage } from '../event-bus.port.js';
import type { PublicMessage } from '../message.js';
import { findParked, readLines } from './postgres-parked.js';

const idleDays = 14;
const nothingParked: Pick<InboxState, 'lines' | 'parked'> = { lines: new Map(), parked: new Set() };
const pruneStep = 1_000;

/** Inbox and parked messages in the service's own schema, so that they are committed with the effects. */
export class PostgresConsumerState extends ConsumerState {
  constructor(private readonly db: Database) {
    super();
  }

  override async look(
    consumer: string,
    messages: readonly PublicMessage[],
    lines: readonly LineName[],
    inbox: 'sequence' | 'none',
  ): Promise<InboxState> {
    const asked = inbox === 'none' ? [] : messages;
    // One walk down the index for each message, whatever the planner knows of the table: a join may read all of it.
    const rows = await this.db.query<{ topic: string | null; source: string; epoch: number; sequence: string }>(
      `select m.topic, m.source, i.epoch, i.sequence
         from unnest($2::text[], $3::text[]) m(topic, source),
         lateral (select epoch, sequence from inbox where consumer = $1 and topic = m.topic and source = m.source limit 1) i
       union all
       select null, null, null, null where exists (select from parked_line where consumer = $1)`,
      [consumer, asked.map((m) => m.topic), asked.map((m) => m.source)],
    );
    const progress = rows.flatMap(({ topic, source, epoch, sequence }): [string, Progress][] =>
      topic === null ? [] : [[nameIn(topic, source), { epoch, sequence: Number(sequence) }]],
    );
    const parked = rows.some(({ topic }) => topic === null)
      ? await this.lookAtParked(consumer, messages, lines)
      : nothingParked;
    return { progress: new Map(progress), ...parked };
  }

  private async lookAtParked(
    consumer: string,
    messages: readonly PublicMessage[],
    lines: readonly LineName[],
  ): Promise<Pick<InboxState, 'lines' | 'parked'>> {
    const rows = await this.db.query<{ topic: string; name: string; length: number | null }>(
      `select m.topic, m.line as name, l.length from unnest($2::text[], $3::text[]) m(topic, line),
         lateral (select length from parked_line where consumer = $1 and topic = m.topic and line = m.line limit 1) l
       union all
       select m.topic, m.id::text, null from unnest($4::text[], $5::uuid[]) m(topic, id),
         lateral (select from parked_message where consumer = $1 and topic = m.topic and id = m.id limit 1) p`,
      [
        consumer,
        lines.map((l) => l.topic),
        lines.map((l) => l.line),
        messages.map((m) => m.topic),
        messages.map((m) => m.id),
      ],
    );
    return {
      lines: new Map(
        rows.flatMap(({ topic, name, length }) => (length === null ? [] : [[nameIn(topic, name), length]])),
      ),
      parked: new Set(rows.flatMap(({ name, length }) => (length === null ? [name] : []))),
    };
  }

  override advance(work: Work, consumer: string, moves: readonly Move[]): void {
    const first = moves.filter(({ from }) => from === null);
    const later = moves.flatMap((move) => (move.from === null ? [] : [{ ...move, from: move.from }]));
    if (first.length > 0) {
      work.run(
        `insert into inbox (consumer, topic, source, epoch, sequence, seen_at)
         select $1::text, u.*, clock_timestamp() from unnest($2::text[], $3::text[], $4::int[], $5::bigint[]) u`,
        [
          consumer,
          first.map((m) => m.topic),
          first.map((m) => m.source),
          first.map((m) => m.to.epoch),
          first.map((m) => m.to.sequence),
        ],
      );
    }
    if (later.length > 0) {
      work.expect(
        `update inbox i set epoch = u.epoch, sequence = u.sequence, seen_at = clock_timestamp()
         from unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::int[], $7::bigint[])
           u(topic, source, epoch, sequence, was_epoch, was_sequence)
         where i.consumer = $1 and i.topic = u.topic and i.source = u.source
           and i.epoch = u.was_epoch and i.sequence = u.was_sequence`,
        [
          consumer,
          later.map((m) => m.topic),
          later.map((m) => m.source),
          later.map((m) => m.to.epoch),
          later.map((m) => m.to.sequence),
          later.map((m) => m.from.epoch),
          later.map((m) => m.from.sequence),
        ],
        later.length,
        'inbox as it was read',
      );
    }
  }

  override park(work: Work, consumer: string, changes: readonly LineChange[]): void {
    if (changes.length === 0) return;
    const superseded = changes.filter((c) => c.supersede);
    if (superseded.length > 0) {
      work.run(
        `delete from parked_message p using unnest($2::text[], $3::text[]) u(topic, line)
         where p.consumer = $1 and p.topic = u.topic and p.line = u.line`,
        [consumer, superseded.map((c) => c.topic), superseded.map((c) => c.line)],
      );
    }
    const sized = changes.map((c) => ({ ...c, to: (c.supersede ? 0 : c.from) + c.add.length }));
    this.setLengths(work, consumer, sized);
    const parked = changes.flatMap((c) => c.add.map((add) => ({ ...add, line: c.line })));
    if (parked.length > 0) {
      work.run(
        `insert into parked_message (consumer, parked_at, topic, id, line, key, type, source, sequence, epoch, message, poison, reason, failures)
         select $1::text, clock_timestamp(), u.*
         from unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::int[],
           $10::text[], $11::boolean[], $12::text[], $13::int[]) u`,
        [
          consumer,
          parked.map((p) => p.message.topic),
          parked.map((p) => p.message.id),
          parked.map((p) => p.line),
          parked.map((p) => p.message.key),
          parked.map((p) => p.message.type),
          parked.map((p) => p.message.source),
          parked.map((p) => p.message.sequence),
          parked.map((p) => p.message.epoch),
          parked.map((p) => toText(p.message)),
          parked.map((p) => p.poison),
          parked.map((p) => p.reason),
          parked.map((p) => p.failures),
        ],
      );
    }
  }

  override parked(
    consumers: readonly string[],
    limit: number,
    after: ParkedCursor | null,
  ): Promise<readonly ParkedMessage[]> {
    return readLines(this.db, consumers, limit, after);
  }

  override find(consumers: readonly string[], id: string): Promise<readonly ParkedMessage[]> {
    return findParked(this.db, consumers, id);
  }

  override async lineOf(consumer: string, id: string): Promise<LineName | null> {
    const [row] = await this.db.query<{ topic: string; line: string }>(
      `select topic, line from parked_message where consumer = $1 and id = $2::uuid`,
      [consumer, id],
    );
    return row ?? null;
  }

  override async line(consumer: string, name: LineName, limit: number): Promise<Line | null> {
    const rows = await this.db.query<{ length: number; id: string; key: string; message: string }>(
      `select l.length, p.id, p.key, p.message from parked_line l
       join parked_message p on p.consumer = l.consumer and p.topic = l.topic and p.line = l.line
       where l.consumer = $1 and l.topic = $2 and l.line = $3 order by p.place limit $4`,
      [consumer, name.topic, name.line, limit],
    );
    const [first] = rows;
    if (first === undefined) return null;
    const entries = rows.map(({ id, key, message }) => ({
      id,
      message: fromText({ topic: name.topic, key, id }, message),
    }));
    return { ...name, length: first.length, entries };
  }

  override leave(work: Work, consumer: string, line: Line, ids: readonly string[]): void {
    work.expect(
      `delete from parked_message where consumer = $1 and topic = $2 and id = any($3::uuid[])`,
      [consumer, line.topic, ids],
      ids.length,
      'parked messages as they were read',
    );
    this.setLengths(work, consumer, [
      { topic: line.topic, line: line.line, from: line.length, to: line.length - ids.length },
    ]);
  }

  override async recordFailure(consumer: string, line: LineName, id: string, reason: string): Promise<void> {
    await this.db.query(
      `update parked_message set poison = (id = $4::uuid), reason = case when id = $4::uuid then $5 else reason end,
         failures = failures + (id = $4::uuid)::int
       where consumer = $1 and topic = $2 and line = $3 and (poison or id = $4::uuid)`,
      [consumer, line.topic, line.line, id, reason],
    );
  }

  override async prune(moves: readonly LastMove[]): Promise<void> {
    for (;;) {
      const gone = await this.db.query(
        `delete from inbox i using (
           select i.consumer, i.topic, i.source from inbox i
             left join unnest($3::text[], $4::text[], $5::timestamptz[]) m(consumer, topic, moved_at)
               on m.consumer = i.consumer and m.topic = i.topic
           where i.seen_at < now() - $1 * interval '1 day'
             and i.seen_at < coalesce(m.moved_at, now()) - $1 * interval '1 day'
             and not exists (select from resumption r where r.consumer = i.consumer and r.topic = i.topic)
           limit $2
         ) old
         where i.consumer = old.consumer and i.topic = old.topic and i.source = old.source
           and i.seen_at < now() - $1 * interval '1 day' returning 1`,
        [idleDays, pruneStep, moves.map((m) => m.consumer), moves.map((m) => m.topic), moves.map((m) => m.at)],
      );
      if (gone.length < pruneStep) return;
    }
  }

  private setLengths(
    work: Work,
    consumer: string,
    lines: readonly { topic: string; line: string; from: number; to: number }[],
  ): void {
    const made = lines.filter(({ from, to }) => from === 0 && to > 0);
    const changed = lines.filter(({ from, to }) => from > 0 && to > 0);
    const ended = lines.filter(({ from, to }) => from > 0 && to === 0);
    if (made.length > 0) {
      work.run(
        `insert into parked_line (consumer, topic, line, length) select $1::text, u.* from unnest($2::text[], $3::text[], $4::int[]) u`,
        [consumer, made.map((l) => l.topic), made.map((l) => l.line), made.map((l) => l.to)],
      );
    }
    if (changed.length > 0) {
      work.expect(
        `update parked_line l set length = u.next from unnest($2::text[], $3::text[], $4::int[], $5::int[]) u(topic, line, was, next)
         where l.consumer = $1 and l.topic = u.topic and l.line = u.line and l.length = u.was`,
        [
          consumer,
          changed.map((l) => l.topic),
          changed.map((l) => l.line),
          changed.map((l) => l.from),
          changed.map((l) => l.to),
        ],
        changed.length,
        'lines of parked messages as they were read',
      );
    }
    if (ended.length > 0) {
      work.expect(
        `delete from parked_line l using unnest($2::text[], $3::text[], $4::int[]) u(topic, line, was)
         where l.consumer = $1 and l.topic = u.topic and l.line = u.line and l.length = u.was`,
        [consumer, ended.map((l) => l.topic), ended.map((l) => l.line), ended.map((l) => l.from)],
        ended.length,
        'lines of parked messages as they were read',
      );
    }
  }
}
