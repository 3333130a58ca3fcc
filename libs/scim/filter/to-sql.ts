import { canonicalKey, characterForms, foldText, searchForm } from '#libs/text/text.js';
import { attributeName } from './attributes.js';
import { wantedForm } from './matches.js';
import { FilterError, type AttributePath, type CompareOperator, type Filter, type FilterValue } from './filter.js';

/** What one attribute is in the database. `sql` is ours, never the caller's: it goes into the statement as it is. */
export type Column = PlainColumn | TextsColumn;

interface PlainColumn {
  readonly sql: string;
  /**
   * `key` holds keys in their canonical form, compared exactly; `key[]` several, where `eq` may use a GIN index. `word` holds
   * one of the hub's own lower-case words: compared without case, and by an index of the column.
   */
  readonly type: 'text' | 'word' | 'key' | 'uuid' | 'timestamp' | 'number' | 'boolean' | 'text[]' | 'key[]';
  /** The words that a `word` column holds: each makes a statement of its own, so that PostgreSQL plans for those that are rare. */
  readonly words?: readonly string[];
  /** A second column with an index, which has the word where it is one of these. Null where it is another one. */
  readonly rare?: { readonly sql: string; readonly words: readonly string[] };
}

/** A JSON object of texts: `custom.badge` is the one named `badge`, in any case. */
interface TextsColumn {
  readonly sql: string;
  readonly type: 'text{}';
}

export interface SqlCondition {
  readonly sql: string;
  readonly params: (string | number | boolean)[];
}

/**
 * A filter as a PostgreSQL condition that selects the rows `matches` would. Values only ever travel as parameters, and
 * a name that is not in `columns` is refused, so the columns are also what a filter may read.
 *
 * @param columns    by attribute name, in any case
 * @param firstParam number of the first parameter, for a condition behind others
 * @throws FilterError `filter.unknown_attribute` for other names; `filter.invalid` for a value or operator that does
 *   not fit the column; `filter.unsupported` for `attribute[…]`, which has no flat column
 */
export function toSql(filter: Filter, columns: Readonly<Record<string, Column>>, firstParam = 1): SqlCondition {
  const byName = new Map(Object.entries(columns).map(([name, column]) => [name.toLowerCase(), column]));
  const params: SqlCondition['params'] = [];
  const parameter = (value: string | number | boolean) => `$${firstParam + params.push(value) - 1}`;
  let foldings: string | undefined;
  const folded: Folded = (text) => {
    foldings ??= parameter(JSON.stringify(characterForms()));
    return foldedSql(text, foldings);
  };

  const columnOf = (attribute: AttributePath): PlainColumn => {
    const name = attributeName(attribute);
    const column = byName.get(name);
    if (column !== undefined && column.type !== 'text{}') return column;
    const dot = name.indexOf('.');
    const texts = byName.get(name.slice(0, dot));
    if (dot > 0 && texts?.type === 'text{}') {
      const named = `${folded('entry.key')} = ${parameter(searchForm(name.slice(dot + 1)))}`;
      return {
        sql: `(select entry.value from jsonb_each_text(${texts.sql}) entry where ${named} limit 1)`,
        type: 'text',
      };
    }
    const known = Object.entries(columns).map(([known, { type }]) => (type === 'text{}' ? `${known}.*` : known));
    const message = `unknown attribute "${attribute.text}"; a filter here may use ${known.join(', ')}`;
    throw new FilterError('filter.unknown_attribute', message, attribute.position);
  };

  const condition = (term: Filter): string => {
    switch (term.kind) {
      case 'and':
      case 'or':
        return `(${term.terms.map(condition).join(` ${term.kind} `)})`;
      case 'not':
        // Not SQL's `not`: that would turn an unknown (a null column) into an unknown, and lose the row.
        return `(${condition(term.term)}) is not true`;
      case 'present':
        return presence(columnOf(term.attribute));
      case 'compare': {
        const column = columnOf(term.attribute);
        if (term.value === null) {
          return term.operator === 'ne' ? presence(column) : `(${presence(column)}) is not true`;
        }
        const operator = term.operator === 'ne' ? 'eq' : term.operator;
        const test = comparison(column, operator, term.value, term.attribute, { parameter, folded });
        return term.operator === 'ne' ? `(${test}) is not true` : test;
      }
      case 'some':
        throw new FilterError(
          'filter.unsupported',
          `"${term.attribute.text}[…]" cannot be used in this filter; name a plain attribute`,
          term.attribute.position,
        );
    }
  };
  return { sql: condition(filter), params };
}

function presence({ sql, type }: PlainColumn): string {
  if (type === 'text' || type === 'key') return `${sql} <> ''`;
  return type === 'text[]' || type === 'key[]'
    ? `exists (select 1 from unnest(${sql}) as element where element <> '')`
    : `${sql} is not null`;
}

type Parameter = (value: string | number | boolean) => string;
/** SQL for the fold of a text that SQL gives. */
type Folded = (sql: string) => string;
interface Statement {
  readonly parameter: Parameter;
  readonly folded: Folded;
}

/**
 * `searchForm` in SQL, on any version of PostgreSQL and under any locale: the characters' forms are a parameter, so
 * that there is one definition. Most texts are ASCII and take the short way.
 */
const foldedSql = (text: string, foldings: string): string =>
  `(select case when octet_length(t) = char_length(t) then lower(t collate "C") else (
     select normalize(string_agg(coalesce(${foldings}::jsonb ->> c, c), '' order by n), nfc)
     from unnest(string_to_array(normalize(t, nfd), null)) with ordinality as u(c, n)) end
   from (select ${text} as t) as x)`.replaceAll(/\n\s+/g, ' ');
type PositiveOperator = Exclude<CompareOperator, 'ne'>;

const SYMBOLS = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;
const instants = 'to a date such as "2026-03-02" or "2026-03-02T10:00:00Z"';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const INSTANT = /^(?!0000)\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?)?$/;

function comparison(
  column: PlainColumn,
  operator: PositiveOperator,
  value: Exclude<FilterValue, null>,
  { text, position }: AttributePath,
  { parameter, folded }: Statement,
): string {
  const refuse = (wanted: string): never => {
    throw new FilterError('filter.invalid', `"${text}" must be compared ${wanted}`, position);
  };
  const { sql, type } = column;
  const order = operator in SYMBOLS ? SYMBOLS[operator as keyof typeof SYMBOLS] : null;
  switch (type) {
    case 'text':
    case 'word':
    case 'key':
    case 'text[]':
    case 'key[]':
    case 'uuid':
      if (typeof value !== 'string') return refuse('to a "quoted text"');
      return textComparison(column, operator, value, { parameter, folded });
    case 'timestamp':
      return order === null
        ? refuse('with eq, ne, gt, ge, lt or le')
        : `${sql} ${order} ${parameter(inUtc(isInstant(value) ? value : refuse(instants)))}::timestamptz`;
    case 'number':
      if (typeof value !== 'number') return refuse('to a number');
      return `${sql} ${order ?? '='} ${parameter(value)}::${numberType(value)}`;
    case 'boolean':
      return operator === 'eq' && /^(true|false)$/i.test(String(value))
        ? `${sql} = ${parameter(String(value).toLowerCase() === 'true')}::boolean`
        : refuse('to true or false with eq or ne');
  }
}

const numberType = (value: number): string => (Number.isSafeInteger(value) ? 'bigint' : 'numeric');

function textComparison(
  column: PlainColumn,
  operator: PositiveOperator,
  value: string,
  { parameter, folded }: Statement,
): string {
  const { sql, type } = column;
  const key = canonicalKey(value);
  switch (type) {
    case 'key':
      return textTest(sql, operator, key, parameter);
    case 'key[]':
      if (operator === 'eq') return `${sql} @> array[${parameter(key)}]`;
      return someElement(sql, textTest('element', operator, key, parameter));
    case 'word':
      return wordTest(column, operator, foldText(value), parameter);
    case 'text[]':
      return someElement(sql, textTest(folded('element'), operator, wantedForm(value, operator), parameter));
    case 'uuid':
      if (operator === 'eq') return UUID.test(value) ? `${sql} = ${parameter(value)}::uuid` : 'false';
      return textTest(`${sql}::text`, operator, foldText(value), parameter);
    default:
      return textTest(folded(sql), operator, wantedForm(value, operator), parameter);
  }
}

/** A known word is ours, and goes into the statement as it is. */
function wordTest(
  { sql, words = [], rare }: PlainColumn,
  operator: PositiveOperator,
  value: string,
  parameter: Parameter,
): string {
  const known = words.find((word) => word === value);
  if (operator !== 'eq' || known === undefined) return textTest(sql, operator, value, parameter);
  return `${rare?.words.includes(known) === true ? rare.sql : sql} = '${known}'`;
}

const someElement = (sql: string, test: string): string =>
  `exists (select 1 from unnest(${sql}) as element where ${test})`;

function textTest(sql: string, operator: PositiveOperator, value: string, parameter: Parameter): string {
  const escaped = value.replace(/[\\%_]/g, '\\$&');
  switch (operator) {
    case 'eq':
      return `${sql} = ${parameter(value)}`;
    case 'co':
      return `${sql} like ${parameter(`%${escaped}%`)}`;
    case 'sw':
      return `${sql} like ${parameter(`${escaped}%`)}`;
    case 'ew':
      return `${sql} like ${parameter(`%${escaped}`)}`;
    default:
      // Collation "C" orders by code points, as compareText does, whatever the database's locale.
      return `${sql} collate "C" ${SYMBOLS[operator]} ${parameter(value)} collate "C"`;
  }
}

/** Also refuses the 30th of February, which PostgreSQL would answer with an error of its own. */
function isInstant(value: FilterValue): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value) || Number.isNaN(Date.parse(value))) return false;
  const day = value.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** A date means its first instant in UTC, not in the time zone of the session. */
function inUtc(value: string): string {
  if (!value.includes('T')) return `${value}T00:00:00Z`;
  return /(Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`;
}
