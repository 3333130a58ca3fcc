import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { InvalidInput, type ProblemError } from './problem.js';

/** Validates every DTO: unknown fields are refused by name, every problem is told at once with its mend. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false },
    exceptionFactory: (errors) => new InvalidInput(errors.flatMap((error) => problemErrors(error, ''))),
  });
}

/** A tree of class-validator's errors as a flat list of JSON pointers (RFC 6901) and mends. */
export function problemErrors(
  { property, value, constraints = {}, children = [] }: ValidationError,
  above: string,
): ProblemError[] {
  const pointer = `${above}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const below = children.flatMap((child) => problemErrors(child, pointer));
  if ('whitelistValidation' in constraints) return [{ pointer, detail: 'is not a field known here: leave it out' }];
  const rules = [...new Set(Object.values(constraints).map((rule) => withoutName(rule, property)))];
  if (rules.length === 0) return below;
  const missing = value === undefined || value === null;
  return [{ pointer, detail: missing ? `is missing: it ${rules.join(', ')}` : rules.join(', ') }, ...below];
}

/** class-validator begins its own messages with the property's name, which the pointer already says. */
function withoutName(rule: string, property: string): string {
  return rule.startsWith(`${property} `) ? rule.slice(property.length + 1) : rule;
}
