import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { fieldsOf, hasRules, type Described } from '../openapi/described-rules.js';
import type { Json } from '../openapi/schema.js';
import { InvalidInput, maxProblems, pointerTo, type ProblemError } from '#libs/problems/problem.js';

/**
 * Validates bodies, queries and path parameters: unknown fields are refused by name, and all problems are listed at
 * once with their correction. It refuses texts that PostgreSQL cannot store.
 */
export function validationPipe(): ValidationPipe {
  return new WellFormedInputPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false },
    exceptionFactory: (errors) => new InvalidInput(firstProblems(errors)),
  });
}

/** A few more than are listed, so that the answer says that there are more. */
function firstProblems(errors: readonly ValidationError[]): ProblemError[] {
  const problems: ProblemError[] = [];
  for (const error of errors) {
    problems.push(...problemErrors(error, ''));
    if (problems.length > maxProblems) break;
  }
  return problems;
}

class WellFormedInputPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'custom') {
      const errors = malformed(value, metadata.data === undefined ? '' : pointerTo('', metadata.data));
      if (errors.length > 0) throw new InvalidInput(errors);
      refuseUnknownNames(value, metadata.metatype);
    }
    return await super.transform(value, metadata);
  }
}

/** Refuses unknown fields of a body or query before the DTO is created: with many of them this takes seconds. */
function refuseUnknownNames(value: unknown, dto: unknown): void {
  if (typeof value !== 'object' || value === null || !hasRules(dto)) return;
  const known = fieldsOf(dto);
  const unknown: ProblemError[] = [];
  for (const name of Object.keys(value)) {
    if (!known.has(name)) unknown.push({ pointer: pointerTo('', name), detail: unknownField });
    if (unknown.length > maxProblems) break;
  }
  // With few of them the problems of other fields are listed, too.
  if (unknown.length > maxProblems) throw new InvalidInput(unknown);
}

const unknownField = 'is an unknown field: leave it out';

function malformed(value: unknown, pointer: string): ProblemError[] {
  if (typeof value === 'string') {
    return isWellFormedInput(value)
      ? []
      : [{ pointer, detail: 'contains U+0000 or half a surrogate pair: leave it out' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    // The creation of DTOs drops `constructor` silently.
    isWellFormedInput(name) && name !== 'constructor'
      ? malformed(inner, pointerTo(pointer, name))
      : [{ pointer: pointerTo(pointer, printable(name)), detail: 'cannot be the name of a field: leave it out' }],
  );
}

const isWellFormedInput = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Turns any text into one that can be stored and shown: other characters become U+FFFD. */
export const printable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/**
 * A rule of our own on a field of a request. The API document says it as `json`; what JSON Schema cannot say is left
 * to `validate`.
 */
export const Fits = (
  name: string,
  json: Json,
  validate: (value: unknown) => boolean,
  message: string | ((value: unknown) => string),
): PropertyDecorator =>
  ValidateBy({
    name,
    constraints: [{ json } satisfies Described],
    validator: {
      validate,
      defaultMessage: (args) => (typeof message === 'string' ? message : message(args?.value)),
    },
  });

/** The message of a rule that allows a few values. */
export const mustBe = (...values: string[]): { message: string } => ({ message: `must be ${values.join(' or ')}` });

/** Any JSON value. What it must be depends on other fields. */
export const IsAnyJson = (): PropertyDecorator =>
  Fits('anyJson', { type: ['string', 'number', 'boolean', 'object', 'array'] }, () => true, '');

/** Text for people: 1 to `longest` characters, and not blank. */
export const IsFilledText = (longest: number): PropertyDecorator =>
  Fits(
    'filledText',
    { type: 'string', maxLength: longest, pattern: '\\S' },
    (value) => typeof value === 'string' && value.trim() !== '' && Array.from(value).length <= longest,
    `must be text of 1 to ${longest} characters, and not blank`,
  );

/** A tree of class-validator's errors as a flat list of JSON pointers (RFC 6901) and corrections. */
export function problemErrors(
  { property, value, constraints = {}, children = [] }: ValidationError,
  above: string,
): ProblemError[] {
  const pointer = pointerTo(above, property);
  const below = children.flatMap((child) => problemErrors(child, pointer));
  if ('whitelistValidation' in constraints) return [{ pointer, detail: unknownField }];
  const rules = [...new Set(toldRules(constraints).map((rule) => withoutName(rule, property)))];
  if (rules.length === 0) return below;
  const missing = value === undefined || value === null;
  const rule = rules.join(', ');
  return [{ pointer, detail: missing && !rule.startsWith('is missing') ? `is missing: it ${rule}` : rule }, ...below];
}

function toldRules({ nestedValidation, ...own }: Readonly<Record<string, string>>): string[] {
  // Of what is no list or object at all, rules for what is in one say nothing.
  const kind = own['isDefined'] ?? own['isArray'] ?? own['isObject'];
  if (kind !== undefined) return [kind];
  // What class-validator says when something is no object at all; the field's own rule says it better.
  const rules = Object.values(own);
  return rules.length > 0 || nestedValidation === undefined ? rules : [nestedValidation];
}

/** class-validator begins its own messages with the property's name, which the pointer already says. */
function withoutName(rule: string, property: string): string {
  return rule.startsWith(`${property} `) ? rule.slice(property.length + 1) : rule;
}
