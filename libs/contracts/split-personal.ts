import type { JsonSchema } from './json-schema.js';
import { contractOf } from './registry.js';

/** The part of a message about one person: the message with that person's fields only. */
export interface PersonalFields {
  /** UUID of the person. */
  readonly subject: string;
  readonly fields: object;
}

export interface SplitBody {
  /** The fields that the contract names and does not mark as personal. */
  readonly public: object;
  /** One entry for each person, sorted by subject. */
  readonly parts: readonly PersonalFields[];
  /** Names of left-out fields: they are about a person whom the message does not name. */
  readonly unowned: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
/** Receives a value that belongs to `subject`, at `path` in the message. */
type Take = (subject: string, path: readonly (string | number)[], value: unknown) => void;

/**
 * Splits a message's body into public fields and parts about one person each, by the `x-personal` marks of its
 * contract. Nested fields keep their place: `{ accounts: [{ attributes }] }` belongs to the same account as in the
 * public part. Subjects are UUIDs in lower case. A field the contract does not name counts as personal to the message's
 * main person, or is left out where there is none; of an unknown type, nothing is public.
 */
export function splitPersonal(type: string, body: object): SplitBody {
  const schema = contractOf(type)?.schema;
  if (schema === undefined) return { public: {}, parts: [], unowned: [] };
  const root = body as Json;
  const parts = new Map<string, object>();
  const unowned = new Set<string>();
  const main = schema['x-subject'];
  const take: Take = (field, path, value) => {
    const owner = root[field] ?? (main === undefined ? undefined : root[main]);
    if (typeof owner !== 'string') {
      unowned.add(String(path[0]));
      return;
    }
    const subject = owner.toLowerCase();
    const fields = parts.get(subject) ?? {};
    put(fields, path, value);
    parts.set(subject, fields);
  };
  const rest = publicOf(schema, root, [], take, main);
  return {
    public: rest as object,
    parts: [...parts]
      .map(([subject, fields]) => ({ subject, fields }))
      .sort((a, b) => (a.subject < b.subject ? -1 : 1)),
    unowned: [...unowned],
  };
}

function publicOf(
  schema: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
  take: Take,
  main: string | undefined,
): unknown {
  if (!Array.isArray(value)) return publicFields(schema, value, path, take, main);
  const { items } = schema;
  return items === undefined ? value : value.map((item, index) => publicOf(items, item, [...path, index], take, main));
}

function publicFields(
  { properties }: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
  take: Take,
  main: string | undefined,
): unknown {
  if (typeof value !== 'object' || value === null || properties === undefined) return value;
  const rest: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const subject = ownerOf(known, main);
    if (subject !== undefined) take(subject, [...path, name], child);
    else if (known !== undefined) rest[name] = publicOf(known, child, [...path, name], take, main);
  }
  return rest;
}

/** An unknown field of a message without a person belongs to nobody. */
function ownerOf(known: JsonSchema | undefined, main: string | undefined): string | undefined {
  return known === undefined ? (main ?? '') : known['x-personal'];
}

/** Puts a value at its path, with `{}` for the elements of an array before it. */
function put(target: object, path: readonly (string | number)[], value: unknown): void {
  let here = target as Record<string | number, unknown>;
  path.forEach((step, index) => {
    if (index === path.length - 1) {
      define(here, step, value);
      return;
    }
    if (Array.isArray(here)) while (here.length < Number(step)) here.push({});
    if (!Object.hasOwn(here, step)) define(here, step, typeof path[index + 1] === 'number' ? [] : {});
    here = here[step] as Record<string | number, unknown>;
  });
}

/** A name from outside may be `__proto__`. */
function define(target: object, name: string | number, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
