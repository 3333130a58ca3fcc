import type { Argument, Expression } from './expression.js';

/** An expression as text: parsed again, it is the same one. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return `"${expression.text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
    case 'number':
      return expression.hex ? `&H${expression.value.toString(16).toUpperCase()}` : String(expression.value);
    case 'word':
      return expression.word;
    case 'attribute':
      return `[${expression.path}]`;
    case 'call':
      return `${expression.name}(${argumentsText(expression.args)})`;
    case 'join':
      return expression.parts.map(printExpression).join(' & ');
    case 'compare':
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
  }
}

function argumentsText(args: readonly Argument[]): string {
  return args.map((arg) => (arg === null ? '' : printExpression(arg))).join(', ');
}
