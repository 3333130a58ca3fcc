import { setTimeout as wait } from 'node:timers/promises';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { ConcurrencyConflict, LeaseLost } from '#libs/event-store/conflict.js';
import type { Database } from '#libs/event-store/database.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import { openCheckpoint, parseVkey } from '#libs/merkle-log/note.js';
import {
  appendLeaves,
  emptyTree,
  leafHash,
  planConsistency,
  planInclusion,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '#libs/merkle-log/tree.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { storeUnderTest, testMasterKey, type StoreUnderTest } from '../../../../test/support/event-store.js';
import { Adoption } from './adoption.process.js';
import { CheckpointRecord } from './checkpoint-record.store.js';
import { Checkpoints } from './checkpoints.store.js';
import { LeafParts } from './leaf-parts.store.js';
import { LogKeys } from './log-key.store.js';
import { CheckpointLinks1764900003000, Log1764000100000 } from './log.migrations.js';
import { hire, Story } from './messages.fixtures.js';
import { prove } from './node-hashes.query.js';
import { Sequencer } from './sequencer.process.js';
import { LogWrittenElsewhere, SequencerLease } from './sequencer-lease.process.js';
import { some } from '../../../../test/support/some.js';

let t: StoreUnderTest;
const clock = new TestClock('2026-03-02T09:00:00.000Z');

beforeEach(async () => {
  t = await storeUnderTest({
    schema: 'audit',
    migrations: [Log1764000100000, CheckpointLinks1764900003000],
    now: () => clock.now(),
  });
});
afterEach(async () => {
  await t.close();
});

interface Member {
  readonly sequencer: Sequencer;
  readonly store: EventStore;
  readonly lease: SequencerLease;
}

function member({ db, store }: { db: Database; store: EventStore }, takeOver = false): Member {
  const lease = new SequencerLease(db, takeOver);
  return { sequencer: new Sequencer(db, new LeafParts(db, store), clock, lease), store, lease };
}

async function append({ sequencer, store }: Member, batch: readonly PublicMessage[]): Promise<number> {
  const work = store.work();
  const count = await sequencer.append(batch, work);
  await work.commit();
  return count;
}

interface LeafRow {
  readonly index: string;
  readonly event_id: string;
  readonly leaf_data: string;
  readonly hash: Buffer;
}
const leaves = (): Promise<LeafRow[]> =>
  t.db.query<LeafRow & Record<string, unknown>>(`select index, event_id, leaf_data, hash from leaf order by index`);

/** Every leaf is in the tree that the checkpoint signs, and the tree is that of the leaves' texts. */
async function expectWholeLog(count: number): Promise<void> {
  const rows = await leaves();
  expect(rows.map(({ index }) => Number(index))).toEqual(Array.from({ length: count }, (_, i) => i));
  const hashes = rows.map(({ leaf_data }) => leafHash(Buffer.from(leaf_data)));
  const { root } = await checkpoints().current();
  expect(rootOf(appendLeaves(emptyTree, hashes).frontier)).toEqual(root);
  for (const [index, hash] of some(hashes.entries())) {
    expect(verifyInclusion(hash, index, count, await prove(t.db, planInclusion(index, count)), root)).toBe(true);
  }
}

const checkpoints = (): Checkpoints => {
  const bus = new PostgresBus({ store: t.store, onError: () => undefined });
  const adoption = new Adoption(t.db, bus, null);
  const record = new CheckpointRecord(t.db, adoption, () => [], null);
  return new Checkpoints(t.db, new LogKeys(t.db, testMasterKey, clock), clock, record);
};

describe('the log', () => {
  it('gives each event one leaf, in order of arrival, from 0 without a gap', async () => {
    const one = member(t);
    const batch = hire(new Story('ada'));
    expect(await append(one, batch.slice(0, 4))).toBe(4);
    expect(await append(one, batch.slice(4))).toBe(2);
    expect((await leaves()).map(({ event_id }) => event_id)).toEqual(batch.map(({ id }) => id));
    await expectWholeLog(6);
  });

  it('twice: a message that comes again, in another batch or the same, changes nothing', async () => {
    const one = member(t);
    const batch = hire(new Story('ada'));
    await append(one, [...batch, ...batch]);
    expect(await append(one, batch)).toBe(0);
    expect(await append(member(await t.another(), true), batch)).toBe(0);
    await expectWholeLog(6);
  });

  it('keeps nothing personal in a leaf, and what is personal only under the key of the person', async () => {
    await append(member(t), hire(new Story('lovelace')));
    const rows = await t.db.query<{ all: string }>(
      `select string_agg(t::text, ' ') as all from (select * from leaf) t`,
    );
    expect(rows[0]?.all).not.toContain('lovelace');
    const parts = new LeafParts(t.db, t.store);
    const opened = await parts.of([0, 1]);
    expect(opened.get(1)?.[0]?.fields).toMatchObject({ displayName: 'lovelace Example' });
    const sealed = await t.db.query<{ all: string }>(`select string_agg(sealed, ' ') as all from leaf_part`);
    expect(sealed[0]?.all).not.toContain('lovelace');
  });

  it('keeps every proof when a person is forgotten', async () => {
    const story = new Story('ada');
    await append(member(t), hire(story));
    await t.store.keys.forget(story.identity);
    const opened = await new LeafParts(t.db, t.store).of([1]);
    expect(opened.get(1)).toEqual([{ subject: story.identity, salt: null, fields: null }]);
    await append(member(t, true), [
      story.known('2026-03-02T11:00:00.000Z', hire(new Story('cause'))[0] as PublicMessage),
    ]);
    expect((await new LeafParts(t.db, t.store).of([6])).get(6)).toEqual([
      { subject: story.identity, salt: null, fields: null },
    ]);
    await expectWholeLog(7);
  });

  it('records in the order of its entries, whatever the clock does', async () => {
    const one = member(t);
    const [first, second] = [hire(new Story('a')), hire(new Story('b'))];
    await append(one, first);
    clock.stepBack(60_000);
    await append(one, second);
    clock.advance(60_000);
    const rows = await t.db.query<{ recorded_at: Date }>(`select recorded_at from leaf order by index`);
    const times = rows.map(({ recorded_at }) => recorded_at.getTime());
    expect([...times].sort((a, b) => a - b)).toEqual(times);
    expect(times[6]).toBeGreaterThan(times[5] ?? 0);
  });

  it('signs checkpoints that its key verifies, each a continuation of the one before', async () => {
    const one = member(t);
    const signed = checkpoints();
    const keys = new LogKeys(t.db, testMasterKey, clock);
    await append(one, hire(new Story('a')));
    const before = await signed.current();
    expect(await signed.current()).toEqual(before);
    await append(one, hire(new Story('b')));
    const after = await signed.current();
    const { vkey, origin } = await keys.get();
    expect(openCheckpoint(after.note, parseVkey(vkey))).toEqual({ origin, size: 12, root: after.root });
    const proof = await prove(t.db, planConsistency(before.size, after.size));
    expect(verifyConsistency(before, after, proof)).toBe(true);
    expect((await new LogKeys((await t.another()).db, testMasterKey, clock).get()).vkey).toBe(vkey);
  });
});

describe('two sequencers', () => {
  it('never fork the log: the one that read an older head writes nothing', async () => {
    const one = member(t);
    const work = t.store.work();
    await one.sequencer.append(hire(new Story('late')), work);
    await append(one, hire(new Story('early')));
    await expect(work.commit()).rejects.toBeInstanceOf(ConcurrencyConflict);
    expect(await append(one, hire(new Story('late again')))).toBe(6);
    await expectWholeLog(12);
  });

  it('never fork the log when both write at once', async () => {
    const one = member(t);
    const stories = Array.from({ length: 12 }, (_, n) => hire(new Story(`p${n}`)));
    const persist = async (batch: PublicMessage[]): Promise<void> => {
      for (;;) {
        try {
          await append(one, batch);
          return;
        } catch (error) {
          if (!(error instanceof ConcurrencyConflict)) throw error;
        }
      }
    };
    await Promise.all(stories.map(persist));
    await expectWholeLog(72);
  });

  it('leave the log to the one that holds the lease', async () => {
    const one = member(t);
    const two = member(await t.another());
    await append(one, hire(new Story('a')));
    await expect(append(two, hire(new Story('b')))).rejects.toBeInstanceOf(LogWrittenElsewhere);
    await one.lease.release();
    expect(await append(two, hire(new Story('b')))).toBe(6);
    await expectWholeLog(12);
  }, 20_000);

  it('a former holder, however late it wakes up, writes nothing', async () => {
    const one = member(t);
    const work = t.store.work();
    await one.sequencer.append(hire(new Story('late')), work);
    await append(member(await t.another(), true), hire(new Story('taken over')));
    await expect(work.commit()).rejects.toBeInstanceOf(LeaseLost);
    await expectWholeLog(6);
  });
});

describe('tampering', () => {
  /** As a superuser would who means it. */
  async function asSuperuser(sql: string): Promise<void> {
    await t.db.transaction(async (tx) => {
      await tx.query(`set local session_replication_role = replica`);
      await tx.query(sql);
    });
  }

  it.each([
    'update leaf set actor = actor',
    'delete from leaf_part',
    'truncate node',
    'delete from signed_checkpoint',
    `update log_key set origin = ''`,
  ])('is refused by the database itself: %s', async (sql) => {
    await append(member(t), hire(new Story('a')));
    await checkpoints().current();
    await expect(t.db.query(sql)).rejects.toThrow('append-only');
  });

  it('with a leaf shows in its proof', async () => {
    await append(member(t), hire(new Story('a')));
    const { root } = await checkpoints().current();
    await asSuperuser(`update leaf set leaf_data = replace(leaf_data, 'service/test', 'service/fake') where index = 3`);
    const [, , , row] = await leaves();
    const proof = await prove(t.db, planInclusion(3, 6));
    expect(verifyInclusion(leafHash(Buffer.from(row?.leaf_data ?? '')), 3, 6, proof, root)).toBe(false);
  });

  it('with the tree itself stops the signing', async () => {
    const one = member(t);
    await append(one, hire(new Story('a')));
    const signed = checkpoints();
    await signed.current();
    await asSuperuser(`update tree_head set edge = set_byte(edge, 0, (get_byte(edge, 0) + 1) % 256)`);
    await expect(signed.current()).rejects.toMatchObject({ code: 'log.inconsistent' });
    await append(one, hire(new Story('b')));
    await expect(signed.current()).rejects.toMatchObject({ code: 'log.inconsistent' });
  });
});

it('takes thousands of leaves a second (printed, not asserted)', async () => {
  const one = member(t);
  const messages = Array.from({ length: 1_000 }, (_, n) => hire(new Story(`m${n}`))).flat();
  await append(one, messages.slice(0, 500));
  const start = performance.now();
  for (let at = 500; at < messages.length; at += 500) await append(one, messages.slice(at, at + 500));
  const seconds = (performance.now() - start) / 1_000;
  process.stdout.write(`audit: ${Math.round((messages.length - 500) / seconds)} leaves/s in batches of 500\n`);
  await wait(0);
  expect((await leaves()).length).toBe(6_000);
}, 60_000);
