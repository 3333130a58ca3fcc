/** The part of JSON Schema 2020-12 that contracts use, with the hub's marks for personal data. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null' | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly oneOf?: readonly JsonSchema[];
  readonly format?: 'uuid' | 'date' | 'date-time';
  readonly minimum?: number;
  readonly additionalProperties?: boolean | JsonSchema;
  /** This field says something about a person: the name of the message's field that holds that person's UUID. */
  readonly 'x-personal'?: string;
  /** At the root: the field whose person owns what the contract does not name. Absent where no person is concerned. */
  readonly 'x-subject'?: string;
}

export const text: JsonSchema = { type: 'string' };
export const uuid: JsonSchema = { type: 'string', format: 'uuid' };
export const instant: JsonSchema = { type: 'string', format: 'date-time' };
export const day: JsonSchema = { type: 'string', format: 'date' };
export const flag: JsonSchema = { type: 'boolean' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
/** An object whose names are not fixed. */
export const record: JsonSchema = { type: 'object' };

export const oneOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema.type as string, 'null'] });

/** Marks a field as personal to the person named by the message's field `subject`. */
export const personal = (schema: JsonSchema, subject: string): JsonSchema => ({ ...schema, 'x-personal': subject });

/** An object with these fields, all required but the `optional` ones. Consumers tolerate others. */
export function object(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
  more: Pick<JsonSchema, 'description' | 'oneOf' | 'x-subject'> = {},
): JsonSchema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required), ...more };
}
