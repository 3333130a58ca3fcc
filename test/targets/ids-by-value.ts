/** Parts of a filter as scimmy parses it: one of them must be fulfilled, each by attribute, as `["eq", "x"]`. */
export type Alternatives = Iterable<Readonly<Record<string, unknown>>>;

/** Finds resources by the values of some attributes, so that a search need not try a filter on every resource. */
export class IdsByValue<Resource extends { readonly id?: string; readonly [attribute: string]: unknown }> {
  private readonly ids = new Map<string, Set<string>>();

  /** @param attributes single-valued, in the case in which searches name them */
  constructor(private readonly attributes: readonly string[]) {}

  add(resource: Resource): void {
    for (const key of this.keysOf(resource)) {
      const known = this.ids.get(key) ?? new Set();
      this.ids.set(key, known.add(resource.id ?? ''));
    }
  }

  drop(resource: Resource): void {
    for (const key of this.keysOf(resource)) {
      const known = this.ids.get(key);
      known?.delete(resource.id ?? '');
      if (known?.size === 0) this.ids.delete(key);
    }
  }

  /** Ids of the resources with this value, in upper or lower case. */
  having(attribute: string, value: unknown): ReadonlySet<string> {
    return this.ids.get(keyOf(attribute, value)) ?? new Set();
  }

  /** Whom a filter can find; null where that may be anybody. The filter is still to be tried on them. */
  candidates(filter: Alternatives): string[] | null {
    const found = new Set<string>();
    for (const alternative of filter) {
      const named = this.attributes.find((one) => valueIn(alternative[one]) !== null);
      if (named === undefined) return null;
      for (const id of this.having(named, valueIn(alternative[named]))) found.add(id);
    }
    return [...found];
  }

  private keysOf(resource: Resource): string[] {
    return this.attributes.filter((one) => typeof resource[one] === 'string').map((one) => keyOf(one, resource[one]));
  }
}

const keyOf = (attribute: string, value: unknown): string => `${attribute} ${String(value).toLowerCase()}`;

/** The text that must be equal; null for another condition. */
function valueIn(condition: unknown): string | null {
  if (!Array.isArray(condition)) return null;
  const [operator, value] = condition as unknown[];
  return operator === 'eq' && typeof value === 'string' ? value : null;
}
