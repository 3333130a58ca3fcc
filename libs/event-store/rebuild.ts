import { beginning, type EventStore, type LogPosition, type StreamOfStore } from './event-store.js';

/** Streams folded in one transaction. */
const pageSize = 200;

/** How many streams a category has. */
export async function countStreams(store: EventStore, stream: StreamOfStore): Promise<number> {
  const [row] = await store.db.query<{ count: number }>(
    `select count(*)::int as count from events where version = 1 and ${ofCategory(1)}`,
    [prefixOf(stream), longerPrefixes(store, stream)],
  );
  return row?.count ?? 0;
}

/** Names of the next streams of a category, at most {@link pageSize}. @param after the last one before; empty for the first */
export async function nextStreams(store: EventStore, stream: StreamOfStore, after: string): Promise<string[]> {
  const prefix = prefixOf(stream);
  const rows = await store.db.query<{ stream: string }>(
    `select stream from events where version = 1 and stream > $3 and ${ofCategory(1)} order by stream limit $4`,
    [prefix, longerPrefixes(store, stream), after === '' ? prefix : after, pageSize],
  );
  return rows.map((row) => row.stream);
}

/**
 * Folds these streams of a category and writes their rows over what is there, while others read and write: rows that
 * somebody writes meanwhile are folded again. Repeating it changes nothing.
 * @param only names of read models; all of the category unless given
 */
export async function rebuildStreams(
  stream: StreamOfStore,
  names: readonly string[],
  only?: readonly string[],
): Promise<void> {
  const ids = names.map((name) => name.slice(prefixOf(stream).length));
  if (ids.length > 0) await stream.rewrite(ids, only === undefined ? {} : { only });
}

/**
 * Destroys a subject's key and, in the same work, folds again the rows of every stream that says something about them: no
 * table shows any more what the key sealed. What others appended meanwhile is folded in a second pass.
 */
export async function forgetSubject(store: EventStore, subject: string): Promise<void> {
  const first = await streamsAbout(store, subject, beginning);
  await foldForgotten(store, subject, first.streams);
  store.keys.forgotten();
  const second = await streamsAbout(store, subject, first.next);
  await foldForgotten(store, subject, new Set([...first.streams, ...second.streams]));
}

async function foldForgotten(store: EventStore, subject: string, streams: ReadonlySet<string>): Promise<void> {
  const byCategory = store.streams.map((stream) => ({
    stream,
    ids: [...streams].filter((name) => isOf(store, stream, name)).map((name) => name.slice(prefixOf(stream).length)),
  }));
  await store.db.transaction(async (tx) => {
    const work = store.work();
    for (const { stream, ids } of byCategory)
      if (ids.length > 0) await stream.restore(work, ids, tx, { forgotten: subject });
    store.keys.stageForget(work, subject);
    await work.commit(tx);
  });
}

/** Facts looked through at a time for those about one subject. */
const scanned = 5_000;

/** Names of the streams that have personal parts of a subject, from a place on; and where the facts end. */
async function streamsAbout(
  store: EventStore,
  subject: string,
  from: LogPosition,
): Promise<{ streams: ReadonlySet<string>; next: LogPosition }> {
  const streams = new Set<string>();
  let next = from;
  for (;;) {
    const rows = await store.db.query<{ epoch: number; tx: string; position: string; stream: string | null }>(
      `select e.epoch, e.tx::text as tx, e.position, case when position($4 in e.personal) > 0 then e.stream end as stream from events e
       where (e.epoch, e.tx, e.position) > ($1::int, $2::xid8, $3::bigint)
       order by e.epoch, e.tx, e.position limit ${scanned}`,
      [next.epoch, next.tx, next.position, `"s":"${subject}"`],
    );
    for (const { stream } of rows) if (stream !== null) streams.add(stream);
    const last = rows.at(-1);
    if (last === undefined) return { streams, next };
    next = { epoch: last.epoch, tx: last.tx, position: last.position };
  }
}

const prefixOf = ({ category }: StreamOfStore): string => `${category}-`;

/** Prefixes of other categories that begin with this one's: `access-package-` is not of `access-`. */
const longerPrefixes = (store: EventStore, stream: StreamOfStore): string[] =>
  store.streams.map(prefixOf).filter((other) => other !== prefixOf(stream) && other.startsWith(prefixOf(stream)));

const ofCategory = (first: number): string =>
  `starts_with(stream, $${first}) and not exists (select from unnest($${first + 1}::text[]) l(prefix) where starts_with(stream, l.prefix))`;

const isOf = (store: EventStore, stream: StreamOfStore, name: string): boolean =>
  name.startsWith(prefixOf(stream)) && !longerPrefixes(store, stream).some((longer) => name.startsWith(longer));
