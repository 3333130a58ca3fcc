import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import { filterAttributes } from '#libs/scim/filter/attributes.js';
import type { Mapping } from './mapping.js';
import { type MappingEntry, mappingOf } from './mapping-rules.js';
import { heldSources, mappingSources, ownName } from './mapping-sources.js';
import { parseScope, type Scope } from './scope.js';

/** What desired access says of everybody, whatever a connector reads. */
const always: ReadonlySet<string> = new Set([...heldSources, 'status']);

interface ReadingTerms {
  readonly mapping: readonly MappingEntry[];
  readonly mappingDefaults: boolean;
  readonly scope: string | null;
  readonly matching: readonly { readonly source: string }[] | null;
}

/**
 * The attributes of a person that these terms read, by the hub's own names, sorted: desired access carries these alone.
 * @throws ExpressionError, FilterError for what is none: both are checked when they are stated
 */
export function sourcesOf({ mapping, mappingDefaults, scope, matching }: ReadingTerms): string[] {
  const parsed = scope === null ? null : parseScope(scope);
  return neededSources(mappingOf(mapping, mappingDefaults), parsed, matching ?? []);
}

/** Of a mapping, a scope and rules of matching that are ready to be applied. */
export function neededSources(
  mapping: Mapping,
  scope: Scope,
  matching: readonly { readonly source: string }[],
): string[] {
  const read = [
    ...mapping.lines.flatMap(({ sources }) => sources),
    ...scopeSources(scope),
    ...matching.map(({ source }) => ownName(source)),
  ];
  return [...new Set(read)].filter((source) => !always.has(source)).sort();
}

/** What a scope reads: of `addresses.country` the whole list, of `custom.site` that one. */
export function scopeSources(scope: Scope): string[] {
  if (scope === null) return [];
  return filterAttributes(scope).map((path) => {
    const [name = '', part] = path.split(/[.[]/, 2);
    if (name.toLowerCase() === 'custom') return `custom.${part ?? ''}`;
    return mappingSources.find((source) => source.toLowerCase() === name.toLowerCase()) ?? name;
  });
}

/** Those of these sources of which desired access says nothing: it was said before the connector read them. */
export function missingSources(needed: readonly string[], { accounts: [account] }: DesiredAccessMessage): string[] {
  const carried = account?.sources;
  return carried === undefined ? [] : needed.filter((source) => !carried.includes(source));
}

/** In words, for an administrator. */
export const awaitedWords = (fields: readonly string[]): string =>
  `needs ${fields.join(', ')}, which desired access does not carry yet: governance sends it when the change is made`;

/** Code of an account that waits for attributes of its person for too long. */
export const attributesAwaited = 'attributes-missing';
