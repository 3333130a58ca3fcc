import pg from 'pg';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { beginning, EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { PostgresServer } from '../support/postgres-server.js';
import { cpuFor, type CpuTime } from './cpu.js';
import { inLanes, timed, type Line } from './measure.js';

const causation = { actor: 'service/bench', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };
const payload = { note: 'x'.repeat(300), count: 1 };
const writers = 16;
const single = 4_000;
const batch = 200;
const batches = 50;

/** Appends one by one and in batches, and reading, each against the same rows by plain SQL on the same server. */
export async function benchStore({ url, pid }: PostgresServer, runs: number, history: number): Promise<Line[]> {
  const schema = 'bench_store';
  const db = await Database.open({
    url,
    schema,
    migrations: eventStoreMigrations,
    poolSize: writers,
    crossProcess: false,
  });
  const store = new EventStore(
    db,
    new MasterKey(Buffer.alloc(32, 1)),
    () => new Date().toISOString(),
    await currentEpoch(db),
  );
  const pool = new pg.Pool({ connectionString: url, max: writers, options: `-c search_path=${schema}` });
  const raw = new pg.Pool({ connectionString: url, max: writers });
  await raw.query(`create schema if not exists bench_floor`);
  await raw.query(`create table bench_floor.events (like ${schema}.events including all)`);
  const insert = {
    name: 'floor',
    text: `insert into bench_floor.events (epoch, stream, version, id, type, v, data, actor, correlation_id, occurred_at)
           values (1, $1, 1, $2, 'Noted', 1, $3, 'service/bench', $4, now())`,
  };
  const plain = (): Promise<unknown> =>
    raw.query({ ...insert, values: [`n-${uuidv7()}`, uuidv7(), JSON.stringify(payload), causation.correlationId] });
  const ours = async (count: number): Promise<void> => {
    const work = store.work();
    for (let n = 0; n < count; n += 1)
      work.append(`n-${uuidv7()}`, 0, [{ type: 'Noted', v: 1, data: payload }], causation);
    await work.commit();
  };
  const plainBatch = (): Promise<unknown> =>
    raw.query({
      name: 'floor-batch',
      text: `insert into bench_floor.events (epoch, stream, version, id, type, v, data, actor, correlation_id, occurred_at)
             select 1, s, 1, i, 'Noted', 1, d, 'service/bench', $4, now() from unnest($1::text[], $2::uuid[], $3::text[]) as u(s, i, d)`,
      values: [
        Array.from({ length: batch }, () => `n-${uuidv7()}`),
        Array.from({ length: batch }, () => uuidv7()),
        Array.from({ length: batch }, () => JSON.stringify(payload)),
        causation.correlationId,
      ],
    });

  const figures: Record<'one' | 'oneFloor' | 'many' | 'manyFloor' | 'read' | 'readFloor', number[]> = {
    one: [],
    oneFloor: [],
    many: [],
    manyFloor: [],
    read: [],
    readFloor: [],
  };
  const cpu: Record<'one' | 'many', CpuTime[]> = { one: [], many: [] };
  const counted = { node: process.pid, postmaster: pid };
  /** Notes the CPU time of each event, and returns the milliseconds that all took. */
  const appended = async (to: keyof typeof cpu, events: number, work: () => Promise<unknown>): Promise<number> => {
    let ms = 0;
    cpu[to].push(await cpuFor(counted, events, async () => (ms = await timed(work))));
    return ms;
  };
  for (let filled = 0; filled < history; filled += 500) await ours(500);
  await inLanes(writers, 500, () => ours(1));
  await inLanes(writers, 500, plain);
  for (let run = 0; run < runs; run += 1) {
    const perSecond = (count: number, ms: number): number => (count * 1000) / ms;
    figures.oneFloor.push(perSecond(single, await timed(() => inLanes(writers, single, plain))));
    figures.one.push(perSecond(single, await appended('one', single, () => inLanes(writers, single, () => ours(1)))));
    figures.manyFloor.push(perSecond(batch * batches, await timed(() => inLanes(4, batches, plainBatch))));
    figures.many.push(
      perSecond(batch * batches, await appended('many', batch * batches, () => inLanes(4, batches, () => ours(batch)))),
    );
    let read = 0;
    const readMs = await timed(async () => {
      for (let place = beginning; read < 20_000;) {
        const page = await store.read(place, 1000);
        read += page.facts.length;
        place = page.next;
        if (page.then !== 'more') break;
      }
    });
    figures.read.push(perSecond(read, readMs));
    const floorMs = await timed(async () => {
      for (let offset = 0; offset < 20_000; offset += 1000)
        await raw.query(`select * from bench_floor.events limit 1000`);
    });
    figures.readFloor.push(perSecond(20_000, floorMs));
  }
  await Promise.all([db.close(), pool.end()]);
  await raw.query(`drop schema ${schema} cascade; drop schema bench_floor cascade`);
  await raw.end();
  const suffix = history > 0 ? `, ${history.toLocaleString('en')} events before` : '';
  return [
    {
      name: `append one by one, ${writers} writers${suffix}`,
      unit: 'events/s',
      runs: figures.one,
      floor: { what: 'plain INSERT', runs: figures.oneFloor },
      cpu: cpu.one,
      goal: '60 %',
    },
    {
      name: `append in batches of ${batch}${suffix}`,
      unit: 'events/s',
      runs: figures.many,
      floor: { what: 'plain INSERT of unnest', runs: figures.manyFloor },
      cpu: cpu.many,
      goal: '60 %',
    },
    {
      name: `gap-free read${suffix}`,
      unit: 'events/s',
      runs: figures.read,
      floor: { what: 'plain SELECT', runs: figures.readFloor },
    },
  ];
}
