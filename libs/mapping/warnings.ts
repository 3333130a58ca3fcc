import type { Expression } from './expression.js';
import { booleanIn, isCondition, switchStyle } from './functions/choices.js';
import { visit } from './parts.js';

type Call = Extract<Expression, { kind: 'call' }>;

/** A warning: the expression is valid, and may do something else than its author expects. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
  readonly at: number;
}

/** Traps that an expression may hold. */
export function warningsOf(expression: Expression): Warning[] {
  const warnings: Warning[] = [];
  visit(expression, (one) => {
    if (one.kind === 'call') warnings.push(...callWarnings(one));
    if (one.kind === 'compare' && one.operator === '<>' && !isEmptyText(one.left) && !isEmptyText(one.right))
      warnings.push({
        code: 'comparison-with-nothing',
        detail: 'with an absent value <> is false, as in Entra: test IsNullOrEmpty first where that matters',
        at: one.at,
      });
  });
  return warnings;
}

const isEmptyText = (expression: Expression): boolean => expression.kind === 'text' && expression.text === '';

function callWarnings({ name, args, at }: Call): Warning[] {
  const warn = (code: string, detail: string): Warning => ({ code, detail, at });
  if (name === 'Switch') return switchWarnings(args, warn);
  if (name === 'Replace' && args.length === 3)
    return [
      warn(
        'replace-of-three',
        'three arguments are read as text, old and new: Entra needs Replace(text, old, , , new, , )',
      ),
    ];
  if (name === 'Not' && args[0]?.kind === 'attribute')
    return [warn('not-of-anything', 'Not is True for anything but True, an absent value included')];
  if (name === 'FormatDateTime' && args.length === 2)
    return [warn('format-of-two', 'two arguments are read as date and format: Entra needs the input format too')];
  return [];
}

function switchWarnings(args: Call['args'], warn: (code: string, detail: string) => Warning): Warning[] {
  const style = switchStyle(args);
  if (style === 'conditions')
    return [warn('switch-of-conditions', 'Entra has no Switch of conditions: write IIF(condition, value, …)')];
  if (style === 'test') return [warn('switch-of-test', 'Entra reads the second argument as the default: write IIF')];
  if (args[0]?.kind === 'attribute' && args[0].path === 'manager')
    return [warn('switch-of-reference', 'a reference is not compared with texts: map it directly')];
  if (isLowerCase(args[0]) && hasCapitalKey(args))
    return [warn('switch-case', 'a source in lower case never equals a key with capitals')];
  return isCondition(args[0]) && booleanIn(args[2]) === null
    ? [warn('switch-of-condition', 'the keys of a condition are "True" and "False"')]
    : [];
}

const isLowerCase = (source: Call['args'][number] | undefined): boolean =>
  source?.kind === 'call' && (source.name === 'ToLower' || source.name === 'LCase');

const hasCapitalKey = (args: Call['args']): boolean =>
  args.some(
    (key, index) => index > 1 && index % 2 === 0 && key?.kind === 'text' && key.text !== key.text.toLowerCase(),
  );
