import { canonicalKey, searchForm } from '#libs/text/text.js';
import { attributeName } from './attributes.js';
import type { AttributePath, Filter } from './filter.js';
import { type FilterSchema, matches, simpleOf, valuesAt, wantedForm } from './matches.js';

interface Kept<Value> {
  readonly filter: Filter;
  readonly value: Value;
  readonly order: number;
}

/** A resource fulfils a filter only if this attribute has this text, in the form in which texts are compared. */
interface Needed {
  readonly attribute: AttributePath;
  readonly exact: boolean;
  readonly text: string;
}

/** Filters by one attribute: those that need a text, by that text. */
interface ByText<Value> {
  readonly attribute: AttributePath;
  readonly exact: boolean;
  readonly filters: Map<string, Kept<Value>[]>;
}

/**
 * Finds which of many filters a resource fulfils, with the results of `matches`. A filter that needs an attribute to equal a text,
 * such as `department eq "Sales" and …`, is tried only on resources with that text. All others are tried on each resource.
 */
export class FilterSet<Value> {
  private readonly byText = new Map<string, ByText<Value>>();
  private readonly others: Kept<Value>[] = [];

  constructor(
    filters: readonly { readonly filter: Filter; readonly value: Value }[],
    private readonly schema: FilterSchema,
  ) {
    for (const [order, one] of filters.entries()) this.keep({ ...one, order });
  }

  /** The values of all filters that the resource fulfils, in the order of the filters. */
  matching(resource: unknown): Value[] {
    return [...new Set([...this.others, ...this.candidates(resource)])]
      .filter(({ filter }) => matches(filter, resource, this.schema))
      .sort((a, b) => a.order - b.order)
      .map(({ value }) => value);
  }

  private keep(kept: Kept<Value>): void {
    const needed = neededBy(kept.filter, this.schema);
    if (needed === null) this.others.push(kept);
    else for (const one of needed) this.keepByText(kept, one);
  }

  private keepByText(kept: Kept<Value>, { attribute, exact, text }: Needed): void {
    // By the path as it is written: two spellings may find two attributes of one resource.
    const key = `${attribute.urn ?? ''} ${attribute.names.join('.')}`;
    const known = this.byText.get(key) ?? { attribute, exact, filters: new Map<string, Kept<Value>[]>() };
    this.byText.set(key, known);
    known.filters.set(text, [...(known.filters.get(text) ?? []), kept]);
  }

  private candidates(resource: unknown): Kept<Value>[] {
    return [...this.byText.values()].flatMap(({ attribute, exact, filters }) =>
      valuesAt(resource, attribute).flatMap((value) => {
        const actual = simpleOf(value);
        return typeof actual === 'string' ? (filters.get(exact ? actual : searchForm(actual)) ?? []) : [];
      }),
    );
  }
}

/** One of these texts must be there. Null where that cannot be said. */
function neededBy(filter: Filter, schema: FilterSchema): readonly Needed[] | null {
  switch (filter.kind) {
    case 'compare': {
      const { attribute, operator, value } = filter;
      // A quoted boolean equals a boolean, too.
      if (operator !== 'eq' || typeof value !== 'string' || /^(true|false)$/i.test(value)) return null;
      const exact = schema.caseExact.has(attributeName(attribute));
      return [{ attribute, exact, text: exact ? canonicalKey(value) : wantedForm(value, 'eq') }];
    }
    case 'and':
      return filter.terms.map((term) => neededBy(term, schema)).find((needed) => needed !== null) ?? null;
    case 'or': {
      const each = filter.terms.map((term) => neededBy(term, schema));
      return each.some((needed) => needed === null) ? null : each.flatMap((needed) => needed ?? []);
    }
    default:
      return null;
  }
}
