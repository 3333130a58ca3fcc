import type { JsonSchema } from './json-schema.js';
import { contractOf } from './registry.js';

/**
 * What a reader misses in the body of a message: a field that its contract requires, or a value of another kind than the contract says. Null
 * if nothing is missed, and for a type without a contract. Fields and words that the contract does not name are another version's: they are
 * no fault. Quotes nothing of the body.
 */
export function bodyFault(type: string, body: unknown): string | null {
  const contract = contractOf(type);
  return contract === undefined ? null : faultIn(contract.schema, body, '', isAny);
}

/** The same of what is left of a body without its personal fields, as the log keeps it. */
export function publicFault(type: string, rest: unknown): string | null {
  const contract = contractOf(type);
  return contract === undefined ? null : faultIn(contract.schema, rest, '', isPublic);
}

/**
 * What the log keeps of a message, if it is of one of these types and says what the contract of its type requires: the log also keeps
 * malformed messages. Personal fields lie beside it.
 */
export function saidIn<Body extends object>(
  { type, data }: { readonly type: string; readonly data: object },
  ...types: readonly string[]
): Readonly<Body> | null {
  const isSaid = (rest: object): rest is Readonly<Body> => publicFault(type, rest) === null;
  return types.includes(type) && isSaid(data) ? data : null;
}

/** Which fields are asked for. */
type Asked = (field: JsonSchema | undefined) => boolean;
const isAny: Asked = () => true;
const isPublic: Asked = (field) => field?.['x-personal'] === undefined;

function faultIn(schema: JsonSchema, value: unknown, at: string, asked: Asked): string | null {
  const { type, items } = schema;
  if (!isOfKind(type, value)) return `${at === '' ? 'the body' : at} is not ${kindsIn(type).join(' or ')}`;
  if (Array.isArray(value)) return items === undefined ? null : faultInItems(items, value, at, asked);
  return typeof value === 'object' && value !== null ? faultInFields(schema, value, at, asked) : null;
}

function faultInFields(
  { properties = {}, required = [] }: JsonSchema,
  value: object,
  at: string,
  asked: Asked,
): string | null {
  const missing = required.find((name) => asked(properties[name]) && !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at}/${missing} is missing`;
  for (const [name, schema] of Object.entries(properties)) {
    const fault = Object.hasOwn(value, name) ? faultIn(schema, Reflect.get(value, name), `${at}/${name}`, asked) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function faultInItems(schema: JsonSchema, items: readonly unknown[], at: string, asked: Asked): string | null {
  for (const [index, item] of items.entries()) {
    const fault = faultIn(schema, item, `${at}/${index}`, asked);
    if (fault !== null) return fault;
  }
  return null;
}

const kindsIn = (type: JsonSchema['type']): readonly string[] => (typeof type === 'string' ? [type] : (type ?? []));

function isOfKind(type: JsonSchema['type'], value: unknown): boolean {
  return type === undefined || (typeof type === 'string' ? isA(type, value) : type.some((one) => isA(one, value)));
}

function isA(kind: string, value: unknown): boolean {
  switch (kind) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === kind;
  }
}
