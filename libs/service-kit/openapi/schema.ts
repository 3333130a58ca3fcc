import type { Page } from '../input/page.js';

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type Json = Readonly<Record<string, unknown>>;

declare const of: unique symbol;

/**
 * The JSON Schema of values of type T. The compiler keeps the two equal: a field that only one of them has, or that
 * may be null in only one of them, does not compile.
 */
export interface Schema<T> {
  readonly json: Json;
  readonly example?: unknown;
  readonly [of]?: (value: T) => T;
}

/** A field that may be absent. */
export interface OptionalField<T> {
  readonly optional: Schema<T>;
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- asks whether the field may be left out
type FieldOf<T, K extends keyof T> = {} extends Pick<T, K> ? OptionalField<Exclude<T[K], undefined>> : Schema<T[K]>;
/** A schema for each field of an object. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: FieldOf<T, K> };

export const text: Schema<string> = { json: { type: 'string' } };
export const uuid: Schema<string> = { json: { type: 'string', format: 'uuid' } };
export const instant: Schema<string> = { json: { type: 'string', format: 'date-time' } };
export const day: Schema<string> = { json: { type: 'string', format: 'date' } };
export const flag: Schema<boolean> = { json: { type: 'boolean' } };
/** A whole number from 0. */
export const count: Schema<number> = { json: { type: 'integer', minimum: 0 } };
export const number: Schema<number> = { json: { type: 'number' } };
export const anything: Schema<unknown> = { json: {} };
export const anyObject: Schema<object> = { json: { type: 'object' } };

export const constant = <const T>(value: T): Schema<T> => ({ json: { const: value } });
export const oneOf = <const T extends string>(...values: readonly T[]): Schema<T> => ({
  json: { type: 'string', enum: values },
});
export const list = <T>(items: Schema<T>): Schema<readonly T[]> => ({ json: { type: 'array', items: items.json } });
/** An object whose field names are not fixed. */
export const map = <T>(values: Schema<T>): Schema<Readonly<Record<string, T>>> => ({
  json: { type: 'object', additionalProperties: values.json },
});
export const optional = <T>(schema: Schema<T>): OptionalField<T> => ({ optional: schema });
export const nullable = <T>(schema: Schema<T>): Schema<T | null> => ({ json: orNull(schema.json) });

/** One of several shapes. */
export function either<const T extends readonly unknown[]>(
  ...shapes: { readonly [Place in keyof T]: Schema<T[Place]> }
): Schema<T[number]> {
  return { json: { oneOf: (shapes as readonly Schema<unknown>[]).map(({ json }) => json) } };
}

/** The first shape or the second; the example is the first's. */
export function firstOf<First, Second>(first: Schema<First>, second: Schema<Second>): Schema<First | Second> {
  return { ...either(first, second), example: first.example };
}

/** Of an answer whose type has more shapes than it ever has. */
export function onlyOf<Part extends Whole, Whole>({ json, example }: Schema<Part>): Schema<Whole> {
  return { json, example };
}

/** An object with these fields. All are required but those marked `optional`. */
export function object<T extends object>(fields: FieldsOf<T>): Schema<T> {
  const entries = Object.entries(
    fields as Readonly<Record<string, { readonly json: Json } | { readonly optional: { readonly json: Json } }>>,
  );
  const required = entries.filter(([, field]) => !('optional' in field)).map(([name]) => name);
  const properties = Object.fromEntries(
    entries.map(([name, field]) => [name, 'optional' in field ? field.optional.json : field.json]),
  );
  return { json: { type: 'object', properties, ...(required.length > 0 ? { required } : {}) } };
}

const schemas = new Map<string, Json>();

/** Gives a schema a name in the API document, and an example. @throws Error for a name that another schema has */
export function named<T>(name: string, schema: Schema<T>, example: T): Schema<T> {
  const known = schemas.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema.json))
    throw new Error(`two schemas have the name ${name}: give one of them another`);
  schemas.set(name, schema.json);
  return { json: { $ref: `#/components/schemas/${name}` }, example };
}

/** The schema of this name; undefined for none of ours. */
export const schemaNamed = (name: string): Json | undefined => schemas.get(name);

/** A page of a list. */
export function page<T>(item: Schema<T>): Schema<Page<T>> {
  const schema = object<Page<T>>({ items: list(item), nextCursor: nullable(text) });
  const ref = item.json['$ref'];
  const example = { items: [item.example as T], nextCursor: null };
  return typeof ref === 'string' ? named(`${ref.slice(ref.lastIndexOf('/') + 1)}Page`, schema, example) : schema;
}

/** The schema that takes null besides. */
export function orNull(json: Json): Json {
  const { type, enum: values, const: value, ...rest } = json;
  if ('const' in json) return { ...rest, enum: [value, null] };
  if (Array.isArray(values)) return { ...rest, type: [type, 'null'].flat(), enum: [...(values as unknown[]), null] };
  if (type !== undefined) return { ...json, type: [type, 'null'].flat() };
  if (Array.isArray(json['oneOf'])) return { ...json, oneOf: [...(json['oneOf'] as Json[]), { type: 'null' }] };
  const { $ref, allOf, anyOf, ...notes } = json;
  if ($ref !== undefined) return { ...notes, anyOf: [{ $ref }, { type: 'null' }] };
  if (Array.isArray(allOf)) return { ...notes, anyOf: [{ allOf: allOf as unknown[] }, { type: 'null' }] };
  return Array.isArray(anyOf) ? { ...notes, anyOf: [...(anyOf as Json[]), { type: 'null' }] } : json;
}
