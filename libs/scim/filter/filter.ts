/** What a filter text means. Produced by `parseFilter`; read by `matches`, `toSql` and `filterAttributes`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | { readonly kind: 'present'; readonly attribute: AttributePath }
  | {
      readonly kind: 'compare';
      readonly attribute: AttributePath;
      readonly operator: CompareOperator;
      readonly value: FilterValue;
    }
  /** `emails[type eq "work"]`: some value of `attribute` fulfils `term`, whose names are relative to it. */
  | { readonly kind: 'some'; readonly attribute: AttributePath; readonly term: Filter };

export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type FilterValue = string | number | boolean | null;

/** `urn:…:User:manager.displayName` is `{urn: 'urn:…:User', names: ['manager', 'displayName']}`. */
export interface AttributePath {
  /** As written. */
  readonly text: string;
  readonly urn: string | null;
  readonly names: readonly string[];
  /** Offset in the filter text, for errors. */
  readonly position: number;
}

export type FilterErrorCode = 'filter.invalid' | 'filter.unknown_attribute' | 'filter.unsupported';

/** The filter text is at fault: a 400 with `scimType: invalidFilter` (RFC 7644 §3.12). Never retried. */
export class FilterError extends Error {
  constructor(
    readonly code: FilterErrorCode,
    message: string,
    /** Offset in the filter text, from 0. */
    readonly position: number,
  ) {
    super(`${message}, at character ${position + 1}`);
    this.name = 'FilterError';
  }
}

/**
 * A value as a filter literal, for building requests: `userName eq ${formatFilterValue(name)}`.
 * Quotes and backslashes in it cannot end the literal.
 *
 * @throws RangeError for NaN and infinities, which have no literal
 * @see RFC 7644 §3.4.2.2 (`compValue` is a JSON literal)
 */
export function formatFilterValue(value: FilterValue): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('a filter has no literal for this number');
  return JSON.stringify(value);
}
