import type { Expression } from './expression.js';

/** Functions of an expression, each once. */
export function functionsIn(expression: Expression): string[] {
  const found = new Set<string>();
  visit(expression, (one) => {
    if (one.kind === 'call') found.add(one.name);
  });
  return [...found];
}

/** A source attribute, and the offset of its first place in the text. */
export interface AttributePlace {
  readonly path: string;
  readonly at: number;
}

/** Source attributes of an expression, each once, in the order in which they are written. */
export function attributesIn(expression: Expression): AttributePlace[] {
  const found = new Map<string, AttributePlace>();
  visit(expression, (one) => {
    if (one.kind === 'attribute' && !found.has(one.path)) found.set(one.path, { path: one.path, at: one.at });
  });
  return [...found.values()];
}

export function visit(expression: Expression, see: (one: Expression) => void): void {
  see(expression);
  switch (expression.kind) {
    case 'text':
    case 'number':
    case 'word':
    case 'attribute':
      return;
    case 'join':
      for (const part of expression.parts) visit(part, see);
      return;
    case 'compare':
      visit(expression.left, see);
      visit(expression.right, see);
      return;
    case 'call':
      for (const argument of expression.args) if (argument !== null) visit(argument, see);
  }
}
