import { getMetadataStorage } from 'class-validator';
import type { Type } from '@nestjs/common';
import { orNull, type Json } from './schema.js';

/** A rule of class-validator, as its decorators store it. */
interface Rule {
  readonly propertyName: string;
  readonly name?: string;
  readonly type: string;
  readonly constraints?: readonly unknown[];
  readonly each: boolean;
}

/** The JSON Schema of one of our own rules; see `Fits`. */
export interface Described {
  readonly json: Json;
}

/** The JSON Schema of each rule of class-validator that DTOs use. */
const known: Readonly<Record<string, (constraints: readonly unknown[]) => Json>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUrl: () => ({ type: 'string', format: 'uri' }),
  isFqdn: () => ({ type: 'string' }),
  isIn: ([values]) => ({ enum: values }),
  equals: ([value]) => ({ const: value }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  matches: ([pattern]) => ({ type: 'string', pattern: sourceOf(pattern as RegExp) }),
  isLength: ([minLength, maxLength]) => ({ type: 'string', minLength, maxLength }),
  minLength: ([minLength]) => ({ type: 'string', minLength }),
  maxLength: ([maxLength]) => ({ type: 'string', maxLength }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  isDefined: () => ({}),
  isOptional: () => ({}),
};

function sourceOf(pattern: RegExp): string {
  if (pattern.flags.replace('u', '') !== '') throw new Error(`no JSON Schema has the flags of ${String(pattern)}`);
  return pattern.source;
}

/** Whether a class has rules for what comes in. */
export const hasRules = (dto: unknown): dto is Type => typeof dto === 'function' && rulesOf(dto as Type).length > 0;

/** Names of the fields that a class has rules for; no other may come in. */
export const fieldsOf = (dto: Type): ReadonlySet<string> =>
  new Set(rulesOf(dto).map(({ propertyName }) => propertyName));

function rulesOf(dto: Type): readonly Rule[] {
  // No group is used here.
  return getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
}

/** A property as the document has it, with what its rules enforce. */
interface DescribedProperty {
  readonly json: Json;
  readonly required: boolean;
}

/**
 * Adds to a property's schema what the rules of its class enforce.
 * @param nullIsAbsent bodies take null for an absent field; what comes in a path or query cannot be null
 */
export function describedProperty(dto: Type, property: string, schema: Json, nullIsAbsent: boolean): DescribedProperty {
  const rules = rulesOf(dto).filter(({ propertyName }) => propertyName === property);
  const optional = rules.some(({ name }) => name === 'isOptional');
  const described = rules.reduce<Json>((json, rule) => {
    const said = readingOf(rule, dto);
    if (!rule.each) return merged(json, said);
    return merged(json, { type: 'array', items: merged((json['items'] ?? {}) as Json, said) });
  }, withoutNullable(schema));
  const json = nullIsAbsent ? withDefaultInWords(described) : described;
  const { example, ...rest } = json;
  const shown = example === undefined ? {} : { example };
  return { json: { ...(optional && nullIsAbsent ? orNull(rest) : rest), ...shown }, required: !optional };
}

/** The default is left out: generators of clients treat a field with a default as required, but a caller may omit it. */
function withDefaultInWords({ default: standard, description, ...json }: Json): Json {
  const words = [description, standard === undefined ? '' : `Default: \`${JSON.stringify(standard)}\``];
  const said = words.filter((text) => text !== undefined && text !== '').join('. ');
  return said === '' ? json : { ...json, description: said };
}

function readingOf({ name = '', type, constraints = [] }: Rule, dto: Type): Json {
  if (type === 'nestedValidation' || type === 'whitelistValidation') return {};
  const own = constraints[0];
  if (typeof own === 'object' && own !== null && 'json' in own) return own.json as Json;
  const reading = known[name];
  if (reading === undefined) throw new Error(`${dto.name}: the rule ${name} does not say how it reads in OpenAPI`);
  return reading(constraints);
}

/** With two patterns, both must match. A list of values says more than a type. */
function merged(json: Json, more: Json): Json {
  const { pattern } = more;
  if (json['pattern'] !== undefined && pattern !== undefined && json['pattern'] !== pattern)
    return { ...json, allOf: [...((json['allOf'] ?? []) as Json[]), { pattern }] };
  const next = { ...json, ...more };
  const isNamed = 'allOf' in json && !('pattern' in json);
  if (
    isNamed ||
    ['oneOf', 'anyOf', '$ref'].some((word) => word in next) ||
    ('const' in next && next['type'] === 'object')
  )
    delete (next as { type?: unknown }).type;
  return next;
}

function withoutNullable({ nullable: _, ...schema }: Json): Json {
  return schema;
}
