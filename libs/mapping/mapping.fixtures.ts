import type { Evaluated } from './evaluate.js';
import type { Value } from './expression.js';
import { compileExpression } from './mapping-expression.js';
import type { Surroundings } from './surroundings.js';

export type Attributes = Readonly<Record<string, Value>>;

export function surroundings(attributes: Attributes = {}, overrides: Partial<Surroundings> = {}): Surroundings {
  return {
    attribute: (path) => attributes[path] ?? null,
    now: '2026-03-01T09:30:00Z',
    seed: 'event-1',
    defaultDomain: 'corp.example',
    isFree: () => true,
    ...overrides,
  };
}

export function outcome(text: string, attributes: Attributes = {}, overrides: Partial<Surroundings> = {}): Evaluated {
  return compileExpression(text).evaluate(surroundings(attributes, overrides));
}

/** The value of an expression; throws where there is none. */
export function valueOf(text: string, attributes: Attributes = {}, overrides: Partial<Surroundings> = {}): Value {
  const found = outcome(text, attributes, overrides);
  if (found.is === 'ignore') throw new Error(`${text} has no flow`);
  return found.value;
}
