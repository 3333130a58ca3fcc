import { describe, expect, it } from '@jest/globals';
import { parseFilter } from './parse.js';
import { toSql, type Column } from './to-sql.js';

const columns: Record<string, Column> = {
  id: { sql: 'i.id', type: 'uuid' },
  department: { sql: 'i.department', type: 'text' },
  startsAt: { sql: 'i.starts_at', type: 'timestamp' },
  level: { sql: 'i.level', type: 'number' },
  active: { sql: 'i.active', type: 'boolean' },
  tags: { sql: 'i.tags', type: 'text[]' },
  number: { sql: 'i.number', type: 'key' },
  numbers: { sql: 'i.numbers', type: 'key[]' },
  custom: { sql: 'i.custom', type: 'text{}' },
  delivery: {
    sql: 'i.delivery',
    type: 'word',
    words: ['pending', 'failed', 'delivered'],
    rare: { sql: 'i.rare', words: ['failed'] },
  },
};
const compile = (text: string, firstParam?: number) => toSql(parseFilter(text), columns, firstParam);

/** SQL and parameters with every folding written as `fold(…)`, for reading. */
function compiled(text: string, firstParam?: number): { sql: string; params: unknown[] } {
  const { sql, params } = compile(text, firstParam);
  const foldings = params.findIndex((value) => typeof value === 'string' && value.startsWith('{"A":"a"'));
  const told = sql.replaceAll(/\(select case when octet_length.*? from \(select (.+?) as t\) as x\)/g, 'fold($1)');
  return { sql: told, params: params.filter((_, index) => index !== foldings) };
}

describe('compiling a filter to SQL', () => {
  it.each([
    ['department eq "Sales"', 'fold(i.department) = $2', ['sales']],
    ['DEPARTMENT ne "Sales"', '(fold(i.department) = $2) is not true', ['sales']],
    ['department co "50%_\\\\"', 'fold(i.department) like $2', ['%50\\%\\_\\\\%']],
    ['department sw "S"', 'fold(i.department) like $2', ['s%']],
    ['department ew "s"', 'fold(i.department) like $2', ['%s']],
    ['department ge "S"', 'fold(i.department) collate "C" >= $2 collate "C"', ['s']],
    ['department pr', "i.department <> ''", []],
    ['department eq null', "(i.department <> '') is not true", []],
    ['delivery eq "Pending"', "i.delivery = 'pending'", []],
    ['delivery ne "pending"', "(i.delivery = 'pending') is not true", []],
    ['delivery eq "Failed"', "i.rare = 'failed'", []],
    ['delivery ne "failed"', "(i.rare = 'failed') is not true", []],
    ['delivery eq "it\'s"', 'i.delivery = $1', ["it's"]],
    ['delivery sw "p"', 'i.delivery like $1', ['p%']],
    ['level gt 3', 'i.level > $1::bigint', [3]],
    ['level le 3.5', 'i.level <= $1::numeric', [3.5]],
    ['active eq "True"', 'i.active = $1::boolean', [true]],
    ['startsAt lt "2026-03-02"', 'i.starts_at < $1::timestamptz', ['2026-03-02T00:00:00Z']],
    ['startsAt ge "2026-03-02T10:00:00+02:00"', 'i.starts_at >= $1::timestamptz', ['2026-03-02T10:00:00+02:00']],
    ['id eq "no uuid"', 'false', []],
    ['id sw "0A"', 'i.id::text like $1', ['0a%']],
    ['tags eq "X"', 'exists (select 1 from unnest(i.tags) as element where fold(element) = $2)', ['x']],
    ['number eq "gAbC\u00a0"', 'i.number = $1', ['gAbC']],
    ['number sw "gA"', 'i.number like $1', ['gA%']],
    ['numbers eq "X"', 'i.numbers @> array[$1]', ['X']],
    ['numbers co "X"', 'exists (select 1 from unnest(i.numbers) as element where element like $1)', ['%X%']],
  ])('%s', (text, sql, params) => {
    expect(compiled(text)).toEqual({ sql, params });
  });

  it('looks for the name of a custom field as it compares a text', () => {
    expect(compiled('custom.Badge eq "X"').params).toEqual(['badge', 'x']);
  });

  it('groups and numbers parameters in order, from the number asked for', () => {
    expect(
      compiled('not (department eq "a" or level eq 1) and id eq "0192b3c4-0000-7000-8000-000000000001"', 4),
    ).toEqual({
      sql: '(((fold(i.department) = $5 or i.level = $6::bigint)) is not true and i.id = $7::uuid)',
      params: ['a', 1, '0192b3c4-0000-7000-8000-000000000001'],
    });
  });

  it('keeps values out of the statement', () => {
    const hostile = `'; drop table identity; --`;
    expect(
      compile(`department eq "${hostile}" or department co "${hostile}" or tags sw "${hostile}"`).sql,
    ).not.toContain('drop');
  });

  it.each([
    ['salary gt 1', 'filter.unknown_attribute'],
    ['toString pr', 'filter.unknown_attribute'],
    ['constructor eq "x"', 'filter.unknown_attribute'],
    ['tags[value eq "x"]', 'filter.unsupported'],
    ['custom pr', 'filter.unknown_attribute'],
    ['department.x pr', 'filter.unknown_attribute'],
    ['custom[badge eq "x"]', 'filter.unsupported'],
    ['department eq 5', 'filter.invalid'],
    ['level eq "5"', 'filter.invalid'],
    ['active eq "maybe"', 'filter.invalid'],
    ['startsAt sw "2026"', 'filter.invalid'],
    ['startsAt gt "2026-02-30"', 'filter.invalid'],
    ['startsAt gt "0000-01-01"', 'filter.invalid'],
    ['startsAt gt "2026-01-01T00:00:00+23:00"', 'filter.invalid'],
    ['startsAt gt "tomorrow"', 'filter.invalid'],
  ])('refuses %s as %s', (text, code) => {
    expect(() => compile(text)).toThrow(expect.objectContaining({ code }));
  });
});
