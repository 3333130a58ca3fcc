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
  numbers: { sql: 'i.numbers', type: 'text[]', lowerCase: true },
  custom: { sql: 'i.custom', type: 'text{}' },
};
const compile = (text: string, firstParam?: number) => toSql(parseFilter(text), columns, firstParam);

describe('compiling a filter to SQL', () => {
  it.each([
    ['department eq "Sales"', 'lower(i.department) = lower($1)', ['Sales']],
    ['DEPARTMENT ne "Sales"', '(lower(i.department) = lower($1)) is not true', ['Sales']],
    ['department co "50%_\\\\"', 'lower(i.department) like lower($1)', ['%50\\%\\_\\\\%']],
    ['department sw "S"', 'lower(i.department) like lower($1)', ['S%']],
    ['department ew "s"', 'lower(i.department) like lower($1)', ['%s']],
    ['department ge "S"', 'lower(i.department) collate "C" >= lower($1) collate "C"', ['S']],
    ['department pr', "i.department <> ''", []],
    ['department eq null', "(i.department <> '') is not true", []],
    ['level gt 3', 'i.level > $1::bigint', [3]],
    ['level le 3.5', 'i.level <= $1::numeric', [3.5]],
    ['active eq "True"', 'i.active = $1::boolean', [true]],
    ['startsAt lt "2026-03-02"', 'i.starts_at < $1::timestamptz', ['2026-03-02T00:00:00Z']],
    ['startsAt ge "2026-03-02T10:00:00+02:00"', 'i.starts_at >= $1::timestamptz', ['2026-03-02T10:00:00+02:00']],
    ['id eq "no uuid"', 'false', []],
    ['id sw "00"', 'lower(i.id::text) like lower($1)', ['00%']],
    ['tags eq "x"', 'exists (select 1 from unnest(i.tags) as element where lower(element) = lower($1))', ['x']],
    ['numbers eq "X"', 'i.numbers @> array[lower($1)]', ['X']],
    [
      'custom.Badge eq "x"',
      'lower((select entry.value from jsonb_each_text(i.custom) entry where lower(entry.key) = $1 limit 1)) = lower($2)',
      ['badge', 'x'],
    ],
  ])('%s', (text, sql, params) => {
    expect(compile(text)).toEqual({ sql, params });
  });

  it('groups and numbers parameters in order, from the number asked for', () => {
    expect(
      compile('not (department eq "a" or level eq 1) and id eq "0192b3c4-0000-7000-8000-000000000001"', 4),
    ).toEqual({
      sql: '(((lower(i.department) = lower($4) or i.level = $5::bigint)) is not true and i.id = $6::uuid)',
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
