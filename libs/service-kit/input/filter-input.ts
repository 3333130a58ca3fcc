import { FilterError } from '#libs/scim/filter/filter.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { toSql, type Column, type SqlCondition } from '#libs/scim/filter/to-sql.js';
import { InvalidInput } from '#libs/problems/problem.js';

/** Reads a filter somebody sent. @throws InvalidInput naming the field it came in */
export function filterInput<T>(pointer: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new InvalidInput([{ pointer, detail: `is not a valid filter: ${error.message}` }]);
  }
}

/**
 * The condition of a list's `filter`. Without one, or with an empty one, it holds for every row.
 * @param columns    what the filter may read, and where it is
 * @param firstParam number of the condition's first parameter
 * @throws InvalidInput for `/filter`
 */
export function listCondition(
  filter: string | undefined,
  columns: Readonly<Record<string, Column>>,
  firstParam: number,
): SqlCondition {
  if (filter === undefined || filter.trim() === '') return { sql: 'true', params: [] };
  return filterInput('/filter', () => toSql(parseFilter(filter), columns, firstParam));
}
