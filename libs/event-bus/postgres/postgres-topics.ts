import { keptForEver, topics } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Fragment } from '#libs/event-store/statement.js';
import { fromHeaders, headersIn, ownHeaders, type KafkaPosition } from '../cloud-event.js';
import type { PublicMessage } from '../message.js';
import type { TopicPosition } from './topic-positions.js';
import type { RecentMessages, StoredMessage } from './recent-messages.js';

/** A page of several topics. */
export interface TopicPage {
  readonly messages: readonly PublicMessage[];
  /** The next positions of the topics that had messages. */
  readonly next: readonly TopicPosition[];
  /** True if a message is written but an older transaction is still open: read again in a millisecond. */
  readonly soon: boolean;
  /** Topics with more messages; their number is `busyTopics` of the next page. */
  readonly more: number;
  /** A topic with deleted messages after the position: this page must not be handled. */
  readonly gone: string | null;
}

/** Where a message is. */
interface PlaceRow {
  topic: string;
  epoch: number;
  tx_text: string;
  position: string;
  ok: boolean;
  gone: boolean;
}

/** What it says. */
interface ContentRow {
  key: string;
  headers: string;
  body: string;
}

/** Null content: it was not asked for. */
type MessageRow = PlaceRow & (ContentRow | { key: null });

const pruneStep = 1_000;
const insertSql = `insert into bus.message (topic, epoch, key, headers, body)
  select u.topic, (select i.epoch from bus.identity i), u.key, u.headers, u.body
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u(topic, key, headers, body) returning position`;

/**
 * Stores messages in the order given; alone, or as a fragment of the work that appends their facts.
 * @param recent keeps them for the readers of this process
 */
export function insertMessages(messages: readonly PublicMessage[], recent: RecentMessages): Fragment {
  const stored = messages.map((m): StoredMessage => ({
    topic: m.topic,
    key: m.key,
    headers: ownHeaders(m),
    body: JSON.stringify(m.body),
  }));
  return {
    sql: insertSql,
    params: [
      stored.map(({ topic }) => topic),
      stored.map(({ key }) => key),
      stored.map(({ headers }) => JSON.stringify(headers)),
      stored.map(({ body }) => body),
    ],
    returned: { column: 'position', receive: (positions) => recent.keep(stored, positions) },
  };
}

/**
 * The next messages of several topics in one query, each topic in its own gap-free order: cut at the first message
 * whose transaction is not older than every open one, because something may still commit before it. A second query
 * gets the content of those that `recent` lacks, where it was expected to have them.
 *
 * @param page `limit`: most messages of a page; `busyTopics`: topics that had more to read last time, which share the
 * page, so that all read messages are also returned
 */
export async function readTopics(
  db: Database,
  places: readonly TopicPosition[],
  { limit, busyTopics }: { readonly limit: number; readonly busyTopics: number },
  recent: RecentMessages,
): Promise<TopicPage> {
  const perTopic = Math.ceil(limit / Math.max(1, busyTopics));
  const params = [
    places.map((p) => p.topic),
    places.map((p) => p.epoch),
    places.map((p) => p.tx),
    places.map((p) => p.position),
    perTopic,
  ];
  const rows: MessageRow[] = recent.covers(places)
    ? (await db.query<PlacesRow>(placesSql, params)).flatMap(rowsIn)
    : await db.query<MessageRow>(messagesSql, params);
  const { rows: cut, ...page } = pageOf(rows, limit, perTopic);
  const known = cut.map((row) => (row.key === null ? recent.find(row.position, atOf(row)) : toMessage(row, row)));
  const lacking = cut.filter((_, index) => known[index] === undefined);
  const read = lacking.length === 0 ? new Map<string, PublicMessage>() : await readContents(db, lacking);
  const messages = cut.flatMap((row, index) => known[index] ?? read.get(row.position) ?? []);
  // Deleted since the first query: the next reading says so of all of them.
  if (messages.length < cut.length) return { ...page, messages: [], next: [], more: 0, soon: true };
  return { ...page, messages };
}

/** Whether the messages after a position were deleted before they were read. */
const goneSql = `coalesce((g.epoch, g.tx, g.position) > (p.epoch, p.tx::xid8, p.position) and p.tx <> '0', false) as gone`;
const fromPositions = `from bus.identity i, (select pg_snapshot_xmin(pg_current_snapshot()) as xmin offset 0) s, unnest($1::text[], $2::int[], $3::text[], $4::bigint[]) with ordinality p(topic, epoch, tx, position, place)
    left join bus.pruned g on g.topic = p.topic,
  lateral`;
const nextOfTopic = `from bus.message b
    where b.topic = p.topic and (b.epoch, b.tx, b.position) > (p.epoch, p.tx::xid8, p.position)
    order by b.epoch, b.tx, b.position limit $5`;

const messagesSql = `
  select m.topic, m.epoch, m.tx::text as tx_text, m.position, m.key, m.headers, m.body,
    (m.epoch < i.epoch or m.tx < s.xmin) as ok, ${goneSql}
  ${fromPositions} (select b.* ${nextOfTopic}) m
  order by p.place, m.epoch, m.tx, m.position`;

/** The places of the next messages of a topic, in one text: a row for each costs more than all else that is done for it. */
interface PlacesRow {
  readonly topic: string;
  /** `epoch,tx,position,hidden` of each, `hidden` being 1 or 0, separated by spaces. */
  readonly places: string;
  readonly gone: boolean;
}
const placesSql = `
  select p.topic, m.places, ${goneSql}
  ${fromPositions} (
    select array_to_string(array(
      select concat_ws(',', b.epoch, b.tx, b.position, (b.epoch >= i.epoch and b.tx >= s.xmin)::int) ${nextOfTopic}
    ), ' ') as places offset 0
  ) m
  where m.places <> '' order by p.place`;

function rowsIn({ topic, places, gone }: PlacesRow): MessageRow[] {
  return places.split(' ').map((place) => {
    const [epoch = '', tx_text = '', position = '', hidden] = place.split(',');
    return { topic, epoch: Number(epoch), tx_text, position, ok: hidden === '0', gone, key: null };
  });
}

/** The messages at these places, by position. */
async function readContents(db: Database, rows: readonly PlaceRow[]): Promise<Map<string, PublicMessage>> {
  const found = await db.query<ContentRow & { position: string }>(
    `select b.position, b.key, b.headers, b.body
     from unnest($1::text[], $2::int[], $3::text[], $4::bigint[]) p(topic, epoch, tx, position),
     lateral (
       select * from bus.message m
       where m.topic = p.topic and m.epoch = p.epoch and m.tx = p.tx::xid8 and m.position = p.position limit 1
     ) b`,
    [
      rows.map((row) => row.topic),
      rows.map((row) => row.epoch),
      rows.map((row) => row.tx_text),
      rows.map((row) => row.position),
    ],
  );
  const places = new Map(rows.map((row) => [row.position, row]));
  return new Map(
    found.flatMap((content) => {
      const row = places.get(content.position);
      return row === undefined ? [] : [[content.position, toMessage(row, content)]];
    }),
  );
}

/** Cuts what was read: each topic at its first hidden message, and all of them to `limit` in equal shares. */
function pageOf(
  rows: readonly MessageRow[],
  limit: number,
  perTopic: number,
): Omit<TopicPage, 'messages'> & { readonly rows: readonly MessageRow[] } {
  const visible = [...Map.groupBy(rows, (row) => row.topic).values()].map(beforeHidden);
  const busy = visible.filter((page) => page.length > 0);
  const read = busy.reduce((sum, page) => sum + page.length, 0);
  const share = read <= limit ? perTopic : Math.max(1, Math.floor(limit / busy.length));
  const cut = busy.map((page) => page.slice(0, share));
  return {
    rows: cut.flat(),
    next: cut.flatMap((page) => page.slice(-1).map(placeOf)),
    soon: rows.some((row) => !row.ok),
    gone: rows.find((row) => row.gone)?.topic ?? null,
    more: busy.filter((page) => page.length > share || page.length === perTopic).length,
  };
}

function beforeHidden(page: readonly MessageRow[]): readonly MessageRow[] {
  const hidden = page.findIndex((row) => !row.ok);
  return hidden === -1 ? page : page.slice(0, hidden);
}

const placeOf = ({ topic, epoch, tx_text: tx, position }: PlaceRow): TopicPosition => ({
  topic,
  epoch,
  tx,
  position,
});

/** Deletes what is older than its topic is kept, a little at a time; topics that are never deleted keep everything. */
export async function pruneTopics(db: Database): Promise<void> {
  const pruned = Object.values(topics).filter((topic) => !keptForEver.includes(topic));
  for (const topic of pruned) {
    for (;;) {
      const [row] = await db.query<{ gone: string }>('select bus.prune_topic($1, $2) as gone', [topic, pruneStep]);
      if (Number(row?.gone ?? 0) < pruneStep) break;
    }
  }
}

function toMessage(row: PlaceRow, { key, headers, body }: ContentRow): PublicMessage {
  return fromHeaders({ ...atOf(row), key }, headersIn(headers), body);
}

const atOf = ({ topic, epoch, tx_text: tx, position }: PlaceRow): Omit<KafkaPosition, 'key'> => ({
  topic,
  log: topic,
  place: Number(position),
  fallbackId: () => uuidv5(`${topic}/${epoch}/${tx}/${position}`),
});
