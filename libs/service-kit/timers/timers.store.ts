import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';

/** Something to do at an instant. There is one timer for each kind and key: setting it again moves it. */
export interface Timer {
  readonly kind: string;
  /** UUID or administrator's id of what it is about. */
  readonly key: string;
  /** ISO 8601 instant. */
  readonly dueAt: string;
  /** Nothing personal. */
  readonly payload: object;
}

/** `failures`: failed attempts; the pauses between them grow. */
export interface DueTimer extends Omit<Timer, 'payload'> {
  /** As stored, perhaps by a former version: to be parsed. */
  readonly payload: unknown;
  readonly failures: number;
}

/** A due timer that this process may fire. `claims` proves this: each later move or claim raises the number. */
export interface Claimed extends DueTimer {
  readonly claims: number;
}

/** What one work does to timers, by kind and key; a change without a due time is a cancellation. */
export interface Staged {
  readonly changes: Map<string, Timer | { readonly kind: string; readonly key: string; readonly dueAt: null }>;
  readonly fired: Map<string, Claimed>;
}

/** Claims up to `limit` due timers for 30 s, the longest due first; those of other processes are skipped. */
export async function claimDue(db: Database, kinds: readonly string[], now: string, limit: number): Promise<Claimed[]> {
  if (kinds.length === 0) return [];
  const rows = await db.query<Omit<Claimed, 'dueAt'> & { due_at: Date }>(
    `update timer t set claimed_until = clock_timestamp() + interval '30 seconds', claims = t.claims + 1
     from (select kind, key from timer
           where kind = any($1::text[]) and due_at <= $2::timestamptz
             and (claimed_until is null or claimed_until < clock_timestamp())
           order by due_at limit $3 for update skip locked) d
     where t.kind = d.kind and t.key = d.key
     returning t.kind, t.key, t.due_at, t.payload, t.claims, t.failures`,
    [kinds, now, limit],
  );
  return rows
    .map(({ due_at, ...row }) => ({ ...row, dueAt: due_at.toISOString() }))
    .sort((a, b) => a.dueAt.localeCompare(b.dueAt));
}

/**
 * Milliseconds until the next one is due by the hub's clock, or until an unfinished claim ends by the database's clock;
 * null when nothing is set.
 */
export async function untilNextDueMs(db: Database, kinds: readonly string[], now: string): Promise<number | null> {
  const [row] = await db.query<{ ms: number | null }>(
    `select min(greatest(extract(epoch from due_at - $2::timestamptz),
       extract(epoch from claimed_until - clock_timestamp())) * 1000)::float8 as ms
     from timer where kind = any($1::text[])`,
    [kinds, now],
  );
  return row?.ms ?? null;
}

/** A failed timer is tried again after 1, 2, 4 … 300 seconds. */
export async function postpone(db: Database, timers: readonly Claimed[]): Promise<void> {
  await db.query(
    `update timer t set failures = t.failures + 1,
       claimed_until = clock_timestamp() + least(power(2, least(t.failures, 20)), 300) * interval '1 second'
     from jsonb_to_recordset($1::jsonb) as c(kind text, key text, claims int)
     where t.kind = c.kind and t.key = c.key and t.claims = c.claims`,
    [JSON.stringify(timers.map(({ kind, key, claims }) => ({ kind, key, claims })))],
  );
}

export async function releaseClaims(db: Database): Promise<void> {
  await db.query(`update timer set claimed_until = null where claimed_until is not null`);
}

/** Writes what a work does to timers; a fired one must still be ours, or the whole work fails and does nothing. */
export function stageTimers(work: Work, { changes, fired }: Staged): void {
  const gone: object[] = [];
  const moved: object[] = [];
  for (const [name, timer] of fired) {
    const change = changes.get(name);
    if (change === undefined || change.dueAt === null) gone.push(timer);
    else moved.push({ ...change, claims: timer.claims });
  }
  const others = [...changes].filter(([name]) => !fired.has(name)).map(([, change]) => change);
  const set = others.filter((change) => change.dueAt !== null);
  const cancelled = others.filter((change) => change.dueAt === null);
  if (gone.length > 0) work.expect(takeAwaySql, [JSON.stringify(gone)], gone.length, 'timers still due');
  if (moved.length > 0) work.expect(moveSql, [JSON.stringify(moved)], moved.length, 'timers still due');
  if (set.length > 0) work.run(setSql, [JSON.stringify(set)]);
  if (cancelled.length > 0) work.run(cancelSql, [JSON.stringify(cancelled)]);
}

const given = 'jsonb_to_recordset($1::jsonb) as x(kind text, key text, "dueAt" timestamptz, payload jsonb, claims int)';
const cancelSql = `delete from timer t using ${given} where t.kind = x.kind and t.key = x.key`;
const takeAwaySql = `${cancelSql} and t.claims = x.claims`;
const moveSql = `update timer t
  set due_at = x."dueAt", payload = x.payload, claimed_until = null, claims = t.claims + 1, failures = 0
  from ${given} where t.kind = x.kind and t.key = x.key and t.claims = x.claims`;
const setSql = `insert into timer as t (kind, key, due_at, payload) select x.kind, x.key, x."dueAt", x.payload from ${given}
  on conflict (kind, key) do update set due_at = excluded.due_at, payload = excluded.payload,
    claimed_until = null, claims = t.claims + 1, failures = 0`;
