import type { JsonSchema } from './json-schema.js';
import { contractOf, contracts } from './registry.js';

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const date = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/;

function enumeratedIn({ enum: values = [], properties = {}, items, oneOf = [] }: JsonSchema): unknown[] {
  const children = [...Object.values(properties), ...oneOf, ...(items === undefined ? [] : [items])];
  return [...values, ...children.flatMap(enumeratedIn)];
}
/** Words of the contracts, such as `active`: they are found in personal and in open fields. */
const words = new Set(contracts.flatMap(({ schema }) => enumeratedIn(schema)));

/** Every text at or below a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Every text in the fields that the contract marks as personal. @throws Error for a type without a contract */
export function personalTexts(type: string, body: unknown): string[] {
  const schema = contractOf(type)?.schema;
  if (schema === undefined) throw new Error(`${type} has no contract`);
  return marked(schema, body);
}

function marked(schema: JsonSchema, value: unknown): string[] {
  if (schema['x-personal'] !== undefined) return textsIn(value);
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item) => (schema.items === undefined ? [] : marked(schema.items, item)));
  const { properties = {} } = schema;
  return Object.entries(value).flatMap(([name, child]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return known === undefined ? [] : marked(known, child);
  });
}

/**
 * Personal texts that can be read, as whole words, in what is open to everybody. Ids name a person without saying
 * anything about them; dates, words of the contracts and texts of one or two characters are found anywhere.
 *
 * @param known texts that are open for another reason, such as the names of groups
 */
export function leaksOf(personal: readonly string[], open: unknown, known: readonly string[] = []): string[] {
  const readable = textsIn(open).map((text) => ` ${text.replaceAll(uuid, '')} `);
  const common = new Set(known);
  const telling = personal.filter(
    (text) => text.replaceAll(uuid, '').length > 2 && !date.test(text) && !words.has(text) && !common.has(text),
  );
  return [...new Set(telling)].filter((text) => readable.some((one) => hasWord(one, text)));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ''}${text[at + word.length] ?? ''}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}
