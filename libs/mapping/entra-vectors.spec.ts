import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvaluationError } from './expression.js';
import { valueOf, type Attributes } from './mapping.fixtures.js';

interface Vector {
  readonly e: string;
  readonly in: Attributes;
  readonly out?: unknown;
  readonly error?: true;
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'entra-vectors.json'), 'utf8')) as Vector[];

describe('the documented examples of Entra', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(72);
  });

  it.each(vectors.filter(({ error }) => error !== true))('$e', ({ e, in: attributes, out }) => {
    expect(valueOf(e, attributes)).toEqual(out);
  });

  it.each(vectors.filter(({ error }) => error === true))('$e is refused', ({ e, in: attributes }) => {
    expect(() => valueOf(e, attributes)).toThrow(EvaluationError);
  });
});
