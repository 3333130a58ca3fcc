import { canonicalKey, compareText, searchForm } from '#libs/text/text.js';
import type { AttributePath, CompareOperator, Filter, FilterValue } from './filter.js';
import { attributeName } from './attributes.js';
import { isCoreSchema, isJsonObject, ownValue } from './own-value.js';

/** What the evaluator must know beyond the resource. */
export interface FilterSchema {
  /** Full names, in lower case, of attributes that hold keys: compared exactly with the literal's canonical form. */
  readonly caseExact: ReadonlySet<string>;
}

const NO_SCHEMA: FilterSchema = { caseExact: new Set() };

/**
 * Whether a resource fulfils a filter.
 *
 * Text is compared without regard to case (`searchForm`) unless the schema says that it is a key; dates are compared as
 * text, so write them in one form. A multi-valued attribute matches when one of its values does; a complex value is compared by its
 * `value`. `ne` is exactly "not eq": true for an absent attribute, and false as soon as one value is equal. `eq null`
 * means absent; an empty text, list or object counts as absent for `pr` and `null`.
 *
 * @param resource a JSON value; anything but an object has no attributes
 * @see RFC 7644 §3.4.2.2
 */
export function matches(filter: Filter, resource: unknown, schema = NO_SCHEMA): boolean {
  return evaluate(filter, resource, schema, '');
}

function evaluate(filter: Filter, resource: unknown, schema: FilterSchema, prefix: string): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => evaluate(term, resource, schema, prefix));
    case 'or':
      return filter.terms.some((term) => evaluate(term, resource, schema, prefix));
    case 'not':
      return !evaluate(filter.term, resource, schema, prefix);
    case 'present':
      return isPresent(valuesAt(resource, filter.attribute));
    case 'some': {
      const inside = `${prefix}${attributeName(filter.attribute)}.`;
      return valuesAt(resource, filter.attribute).some((value) =>
        evaluate(filter.term, elementOf(value), schema, inside),
      );
    }
    case 'compare': {
      const values = valuesAt(resource, filter.attribute);
      if (filter.value === null) return isPresent(values) === (filter.operator === 'ne');
      const exact = schema.caseExact.size > 0 && schema.caseExact.has(prefix + attributeName(filter.attribute));
      const operator = filter.operator === 'ne' ? 'eq' : filter.operator;
      const found = values.some((value) => compares(simpleOf(value), operator, filter.value, exact));
      return filter.operator === 'ne' ? !found : found;
    }
  }
}

/** Every value at a path. */
export function valuesAt(resource: unknown, { urn, names }: AttributePath): unknown[] {
  let values: unknown[] = [resource];
  if (urn !== null && !isCoreSchema(urn)) values = step(values, urn);
  for (const name of names) values = step(values, name);
  return values;
}

/** Without `flatMap`, whose lists cost more than what is in them. */
function step(values: readonly unknown[], name: string): unknown[] {
  const found: unknown[] = [];
  for (const value of values) {
    if (!isJsonObject(value)) continue;
    const own = ownValue(value, name);
    if (Array.isArray(own)) for (const one of own) found.push(one);
    else found.push(own);
  }
  return found;
}

/** In `tags[value eq "x"]` the values may be simple; they then answer to the name `value`. */
const elementOf = (value: unknown): unknown => (isJsonObject(value) ? value : { value });

/** The value by which a complex value is compared. */
export const simpleOf = (value: unknown): unknown => (isJsonObject(value) ? ownValue(value, 'value') : value);

/** "Non-empty or non-null, or contains a non-empty node for complex attributes". */
function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.some(isPresent);
  return isJsonObject(value) ? Object.values(value).some(isPresent) : true;
}

type PositiveOperator = Exclude<CompareOperator, 'ne'>;

function compares(actual: unknown, operator: PositiveOperator, wanted: FilterValue, exact: boolean): boolean {
  if (typeof actual === 'string' && typeof wanted === 'string') {
    return exact
      ? comparesText(actual, operator, canonicalKey(wanted))
      : comparesText(searchForm(actual), operator, wantedForm(wanted, operator));
  }
  if (typeof actual === 'number' && typeof wanted === 'number') return ordered(actual - wanted, operator);
  // Entra quotes its booleans: active eq "True".
  if (typeof actual === 'boolean') return operator === 'eq' && String(actual) === String(wanted).toLowerCase();
  return false;
}

/** Stored texts have no blanks around them, so those of a whole text that is looked for are a slip. */
export function wantedForm(wanted: string, operator: PositiveOperator): string {
  return operator === 'eq' ? searchForm(wanted).trim() : searchForm(wanted);
}

function comparesText(actual: string, operator: PositiveOperator, wanted: string): boolean {
  switch (operator) {
    case 'co':
      return actual.includes(wanted);
    case 'sw':
      return actual.startsWith(wanted);
    case 'ew':
      return actual.endsWith(wanted);
    case 'eq':
      return actual === wanted;
    default:
      return ordered(compareText(actual, wanted), operator);
  }
}

/** @param difference of the actual value to the wanted one: negative, 0 or positive */
function ordered(difference: number, operator: PositiveOperator): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return false;
  }
}
