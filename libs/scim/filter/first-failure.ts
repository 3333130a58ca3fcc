import { formatFilterValue, type AttributePath, type Filter } from './filter.js';
import { matches, valuesAt, type FilterSchema } from './matches.js';

/** The part of a filter that a resource fails first, and what stood there. */
export interface FilterFailure {
  /** As a filter. */
  readonly condition: string;
  /** The attribute it reads; null where it reads several. */
  readonly attribute: string | null;
  /** The attribute's value, values where there are several, null where there is none; of several attributes, each by name. */
  readonly saw: unknown;
}

/** The condition of a filter that a resource fails first; null if it fulfils the filter. */
export function firstFailure(filter: Filter, resource: unknown, schema?: FilterSchema): FilterFailure | null {
  if (matches(filter, resource, schema)) return null;
  if (filter.kind === 'and') {
    const term = filter.terms.find((one) => !matches(one, resource, schema));
    return term === undefined ? null : firstFailure(term, resource, schema);
  }
  const saw = new Map(attributesIn(filter).map((attribute) => [attribute.text, sawAt(resource, attribute)]));
  const [[attribute, value] = [null, null]] = saw;
  return saw.size > 1
    ? { condition: filterText(filter), attribute: null, saw: Object.fromEntries(saw) }
    : { condition: filterText(filter), attribute, saw: value };
}

/** A filter as text that means the same. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.map((term) => inside(filter.kind, term)).join(` ${filter.kind} `);
    case 'not':
      return `not (${filterText(filter.term)})`;
    case 'present':
      return `${filter.attribute.text} pr`;
    case 'some':
      return `${filter.attribute.text}[${filterText(filter.term)}]`;
    case 'compare':
      return `${filter.attribute.text} ${filter.operator} ${formatFilterValue(filter.value)}`;
  }
}

/** `and` binds more strongly than `or`. */
function inside(outer: 'and' | 'or', term: Filter): string {
  const text = filterText(term);
  return outer === 'and' && term.kind === 'or' ? `(${text})` : text;
}

function attributesIn(filter: Filter): readonly AttributePath[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(attributesIn);
    case 'not':
      return attributesIn(filter.term);
    default:
      return [filter.attribute];
  }
}

function sawAt(resource: unknown, attribute: AttributePath): unknown {
  const values = valuesAt(resource, attribute).filter((value) => value !== undefined);
  return values.length > 1 ? values : (values[0] ?? null);
}
