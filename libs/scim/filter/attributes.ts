import { FilterError, type AttributePath, type Filter } from './filter.js';
import { isCoreSchema } from './own-value.js';

/** The name an attribute goes by in allow-lists, columns and schemas: lower case, without a core schema's URN. */
export function attributeName({ urn, names }: AttributePath): string {
  const name = names.join('.');
  return (urn === null || isCoreSchema(urn) ? name : `${urn}:${name}`).toLowerCase();
}

/** Every attribute a filter reads, each once, as written and in order; inside brackets as `emails.type`. */
export function filterAttributes(filter: Filter): string[] {
  return [...new Set(usesOf(filter).map(({ text }) => text))];
}

/**
 * Refuses a filter that reads anything outside an allow-list. Without this a filter would reveal hidden fields.
 *
 * @param allowed names in any case; `attributes.*` allows everything below `attributes`
 * @throws FilterError `filter.unknown_attribute`, naming the attribute and what is allowed
 */
export function checkAttributes(filter: Filter, allowed: Iterable<string>): void {
  const known = [...allowed];
  const names = new Set(known.map((name) => name.toLowerCase()));
  for (const { text, name, position } of usesOf(filter)) {
    if (isAllowed(name, names)) continue;
    const message = `unknown attribute "${text}"; a filter here may use ${known.join(', ')}`;
    throw new FilterError('filter.unknown_attribute', message, position);
  }
}

function isAllowed(name: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(name)) return true;
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    if (allowed.has(`${name.slice(0, dot)}.*`)) return true;
  }
  return false;
}

interface Use {
  readonly text: string;
  readonly name: string;
  readonly position: number;
}

function usesOf(filter: Filter): Use[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(usesOf);
    case 'not':
      return usesOf(filter.term);
    case 'present':
    case 'compare':
      return [useOf(filter.attribute)];
    case 'some': {
      const outer = useOf(filter.attribute);
      return usesOf(filter.term).map((inner) => ({
        text: `${outer.text}.${inner.text}`,
        name: `${outer.name}.${inner.name}`,
        position: inner.position,
      }));
    }
  }
}

const useOf = (path: AttributePath): Use => ({ text: path.text, name: attributeName(path), position: path.position });
