import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { freshDatabase } from '../../../test/support/postgres.js';
import { formatFilterValue, type CompareOperator } from './filter.js';
import { matches } from './matches.js';
import { parseFilter } from './parse.js';
import { toSql, type Column } from './to-sql.js';

const columns: Readonly<Record<string, Column>> = {
  text: { sql: 'r.text', type: 'text' },
  key: { sql: 'r.key', type: 'key' },
  texts: { sql: 'r.texts', type: 'text[]' },
  keys: { sql: 'r.keys', type: 'key[]' },
  custom: { sql: 'r.custom', type: 'text{}' },
};
const schema = { caseExact: new Set(['key', 'keys']) };
const operators: readonly CompareOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];

/** What other people's case rules trip over: Turkish, Greek, German, Cherokee, ligatures, marks, Hangul, wild cards, planes. */
const awkward = [
  'I', 'i', 'ı', 'İ', 'i\u0307', 'Σ', 'σ', 'ς', 'ß', 'ẞ', 'ss', 'SS', 'é', 'e\u0301', 'É', 'E\u0301', '\u0301', '\u0345', 'ᾳ', 'ΑΙ',
  'H\u0331', 'ẖ', '\u0331', '\u212a', 'K', 'k', '\u212b', 'Å', 'å', 'ſ', 's', 'S', 'µ', 'μ', 'Μ', 'ǅ', 'Ǆ', 'ǆ', 'ﬁ', 'FI', 'Ꭰ', 'ꭰ', '𐐀', '𐐨',
  '\ufffd', '\ue000', '👍', '가', '\u1100\u1161', '%', '_', '\\', '"', "'", ' ', '\u00a0', '\u200b', '\u00ad', '\u200d', '\u034f', '\u2003', '\u115f', '\ufe0f', '', 'ა', 'Ა', 'Ж', 'ж', 'й', 'и\u0306',
]; // prettier-ignore
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...awkward), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  // Planes 0 and 1, where every cased letter lies.
  fc
    .array(fc.integer({ min: 1, max: 0x1ffff }), { maxLength: 4 })
    .map((points) => String.fromCodePoint(...points).toWellFormed()),
);

describe('a filter in memory and in PostgreSQL', () => {
  let client: pg.Client;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await freshDatabase();
    drop = database.drop;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`create table r (n int, text text, key text, texts text[], keys text[], custom jsonb);`);
  });
  afterAll(async () => {
    await client.end();
    await drop();
  });

  const selected = async (filter: string): Promise<number[]> => {
    const { sql, params } = toSql(parseFilter(filter), columns);
    const { rows } = await client.query<{ n: number }>(`select n from r where ${sql} order by n`, params);
    return rows.map(({ n }) => n);
  };

  const store = async (texts: readonly string[]): Promise<void> => {
    await client.query('truncate r');
    await client.query(
      `insert into r select n, t, t, array[t, 'other'], array[t, 'other'], jsonb_build_object('Badge', t)
       from unnest($1::text[]) with ordinality as u(t, n)`,
      [texts],
    );
  };

  /** Asks every operator of every attribute with this literal, in one query. */
  const agree = async (texts: readonly string[], literal: string): Promise<void> => {
    await store(texts);
    const filters = ['text', 'key', 'texts', 'keys', 'custom.badge'].flatMap((attribute) =>
      operators.map((operator) => `${attribute} ${operator} ${formatFilterValue(literal)}`),
    );
    const params: unknown[] = [];
    const conditions = filters.map((filter) => {
      const condition = toSql(parseFilter(filter), columns, params.length + 1);
      params.push(...condition.params);
      return `coalesce(${condition.sql}, false)`;
    });
    const { rows } = await client.query<{ held: boolean[] }>(
      `select array[${conditions.join(', ')}] as held from r order by n`,
      params,
    );
    const inMemory = texts.map((text) => {
      const resource = { text, key: text, texts: [text, 'other'], keys: [text, 'other'], custom: { Badge: text } };
      return filters.map((filter) => matches(parseFilter(filter), resource, schema));
    });
    const differing = texts.flatMap((text, row) =>
      filters.flatMap((filter, at) => (rows[row]?.held[at] === inMemory[row]?.[at] ? [] : [{ filter, text }])),
    );
    expect(differing).toEqual([]);
  };

  it('pick the same rows for every pair of texts that casing and composing trip over', async () => {
    for (const literal of awkward) await agree(awkward, literal);
  }, 60_000);

  it('pick the same rows, whatever the texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 8 }), anyText, async (texts, other) => {
        for (const literal of [other, texts[0] ?? '']) await agree(texts, literal);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('compare without case what people would call the same, and keys exactly', async () => {
    await store(['ΟΔΟΣ', 'straße', 'café', 'İzmir', 'ısparta', 'gAbC', '1001']);
    const found = async (attribute: string, literal: string): Promise<number[]> =>
      await selected(`${attribute} eq ${formatFilterValue(literal)}`);
    expect(await found('text', 'οδος')).toEqual([1]);
    expect(await found('text', 'STRAẞE')).toEqual([2]);
    expect(await found('text', 'strasse')).toEqual([]);
    expect(await found('text', 'CAFE\u0301')).toEqual([3]);
    expect(await found('text', 'izmir')).toEqual([]);
    expect(await found('text', 'I\u0307ZMI\u0307R'.normalize('NFC'))).toEqual([]);
    expect(await found('text', 'ISPARTA')).toEqual([]);
    expect([await found('text', 'GABC'), await found('key', 'GABC'), await found('key', 'gAbC')]).toEqual([
      [6],
      [],
      [6],
    ]);
    expect(await found('keys', '\u200b1001\u00a0')).toEqual([7]);
    expect(await found('text', ' cafe\u200b\u0301\u00a0')).toEqual([3]);
  });
});
