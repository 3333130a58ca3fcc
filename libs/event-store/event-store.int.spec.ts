import { ConcurrencyConflict } from './conflict.js';
import type { Fact, RecordedFact } from './core.js';
import { beginning } from './event-store.js';
import { uuidv7 } from './ids.js';
import { storeUnderTest, type StoreUnderTest } from '../../test/support/event-store.js';
import { eventually } from '../../test/support/eventually.js';

type Noted = Fact<'Noted', 1, { n: number }>;
type Met = Fact<'Met', 1, { n: number }, { person: { name: string } }>;
const noted = (n: number): Noted => ({ type: 'Noted', v: 1, data: { n } });
const causation = { actor: 'service/test', correlationId: '0198c0de-0000-7000-8000-000000000001', causationId: null };

describe('the event store', () => {
  let t: StoreUnderTest;
  beforeAll(async () => {
    t = await storeUnderTest();
  });
  afterAll(() => t.close());

  async function append(stream: string, version: number, ...facts: (Noted | Met)[]): Promise<void> {
    const work = t.store.work();
    work.append(stream, version, facts, causation);
    await work.commit();
  }

  it('gives back what was appended, in order, with cause and version', async () => {
    await append('note-a', 0, noted(1), noted(2));
    await append('note-a', 2, noted(3));
    const facts = (await t.store.load(['note-a', 'note-none'])).get('note-a') ?? [];
    expect(facts.map((f) => [f.version, f.data, f.actor])).toEqual([
      [1, { n: 1 }, 'service/test'],
      [2, { n: 2 }, 'service/test'],
      [3, { n: 3 }, 'service/test'],
    ]);
  });

  it('refuses a version that is taken, and one that leaves a hole', async () => {
    await append('note-b', 0, noted(1));
    await expect(append('note-b', 0, noted(2))).rejects.toBeInstanceOf(ConcurrencyConflict);
    await expect(append('note-b', 5, noted(2))).rejects.toBeInstanceOf(ConcurrencyConflict);
    expect((await t.store.load(['note-b'])).get('note-b')).toHaveLength(1);
  });

  it('appends to many streams and a read model in one statement, or to none', async () => {
    await t.db.query('create table seen (n int primary key)');
    const work = t.store.work();
    for (let n = 0; n < 50; n += 1) work.append(`note-many-${n}`, 0, [noted(n)], causation);
    work.run('insert into seen select * from unnest($1::int[])', [[1, 2, 3]]);
    await work.commit();
    expect(await t.db.query('select n from seen')).toHaveLength(3);

    const torn = t.store.work();
    torn.append('note-torn', 0, [noted(1)], causation);
    torn.expect('update seen set n = n where n = $1', [99], 1);
    await expect(torn.commit()).rejects.toBeInstanceOf(ConcurrencyConflict);
    expect((await t.store.load(['note-torn'])).size).toBe(0);
  });

  it('follows causation ids from a fact back to where they begin, over streams, and no further', async () => {
    const caused = async (stream: string, causationId: string | null): Promise<string> => {
      const work = t.store.work();
      const [fact] = work.append(stream, 0, [noted(1)], { ...causation, causationId });
      await work.commit();
      return fact?.id ?? '';
    };
    const outside = uuidv7();
    const first = await caused('chain-first', outside);
    await caused('chain-beside', first);
    const second = await caused('chain-second', first);
    const last = await caused('chain-last', second);
    expect((await t.store.chain([last])).map(({ id }) => id)).toEqual([first, second, last]);
    expect((await t.store.chain([last, second])).map(({ id }) => id)).toEqual([first, second, last]);
    expect(await t.store.chain([outside])).toEqual([]);
    const indexes = await t.db.query<{ indexdef: string }>(
      `select indexdef from pg_indexes where tablename = 'events'`,
    );
    expect(indexes.map(({ indexdef }) => indexdef).join()).toContain('(id)');
  });

  it('is append-only by the database itself', async () => {
    await expect(t.db.query('update events set type = $1', ['x'])).rejects.toMatchObject({ code: 'HB003' });
    await expect(t.db.query('delete from events')).rejects.toMatchObject({ code: 'HB003' });
    await expect(t.db.query('truncate events')).rejects.toMatchObject({ code: 'HB003' });
  });

  it('reads all facts in global order, page by page', async () => {
    const [count] = await t.db.query<{ n: string }>('select count(*) as n from events');
    const all: RecordedFact[] = [];
    let place = beginning;
    // A writer in another database of the server can hold the reading back.
    await eventually(async () => {
      const page = await t.store.read(place, 7);
      all.push(...page.facts);
      place = page.next;
      return all.length >= Number(count?.n);
    });
    expect(all).toHaveLength(Number(count?.n));
    expect(new Set(all.map((f) => f.id)).size).toBe(all.length);
  });

  it('seals personal parts at rest, and forgets them with the key', async () => {
    const subject = uuidv7();
    const met: Met = {
      type: 'Met',
      v: 1,
      data: { n: 1 },
      personal: { person: { subject, fields: { name: 'Ada Lovelace' } } },
    };
    await append('met-a', 0, met);
    await append('met-a', 1, met);
    const raw = await t.db.query<{ row: string }>('select events::text as row from events where stream = $1', [
      'met-a',
    ]);
    expect(raw.map((r) => r.row).join()).not.toContain('Ada');

    const elsewhere = await t.another();
    expect((await elsewhere.store.load(['met-a'])).get('met-a')?.map((f) => f.personal?.['person']?.fields)).toEqual([
      { name: 'Ada Lovelace' },
      { name: 'Ada Lovelace' },
    ]);
    await t.store.keys.forget(subject);
    expect((await t.store.load(['met-a'])).get('met-a')?.map((f) => f.personal?.['person'])).toEqual([
      { subject, fields: null },
      { subject, fields: null },
    ]);
    await append('met-a', 2, met);
    expect((await t.store.load(['met-a'])).get('met-a')?.at(-1)?.personal?.['person']?.fields).toBeNull();
  });

  it('lets two works that both believe a subject is new store its facts, the second on the second try', async () => {
    const subject = uuidv7();
    const met: Met = {
      type: 'Met',
      v: 1,
      data: { n: 1 },
      personal: { person: { subject, fields: { name: 'Grace' } } },
    };
    const elsewhere = await t.another();
    await append('met-b', 0, met);
    const other = elsewhere.store.work();
    other.append('met-c', 0, [met], causation);
    await expect(other.commit()).rejects.toBeInstanceOf(ConcurrencyConflict);
    const again = elsewhere.store.work();
    again.append('met-c', 0, [met], causation);
    await again.commit();
    expect((await t.store.load(['met-c'])).get('met-c')?.[0]?.personal?.['person']?.fields).toEqual({ name: 'Grace' });
  });
});
