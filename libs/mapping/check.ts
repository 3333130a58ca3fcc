import { ExpressionError, type Expression } from './expression.js';
import { booleanIn, isCondition, switchStyle } from './functions/choices.js';
import type { MappingFunction } from './functions/function.js';
import { functions, words } from './functions/functions.js';
import { intervals } from './dates.js';
import { patternOf } from './regular-expressions.js';
import { printExpression } from './print.js';
import { ValueError } from './values.js';

type Call = Extract<Expression, { kind: 'call' }>;

/** A warning: the expression is valid, and may do something else than its author expects. */
export interface Warning {
  readonly code: string;
  readonly detail: string;
  readonly at: number;
}

/**
 * What is known of an expression before it is evaluated: that its functions exist and have their arguments.
 * @throws ExpressionError for the first fault
 */
export function checkExpression(expression: Expression): void {
  check(expression, { conditionAllowed: false, top: true });
}

interface Place {
  readonly conditionAllowed: boolean;
  /** Nothing but choices stands around it. */
  readonly top: boolean;
}

function check(expression: Expression, place: Place): void {
  switch (expression.kind) {
    case 'text':
    case 'number':
    case 'attribute':
      return;
    case 'word':
      checkWord(expression.word, expression.at);
      return;
    case 'join':
      for (const part of expression.parts) check(part, { conditionAllowed: false, top: false });
      return;
    case 'compare':
      if (!place.conditionAllowed) refuseCondition(expression);
      check(expression.left, { conditionAllowed: false, top: false });
      check(expression.right, { conditionAllowed: false, top: false });
      return;
    case 'call':
      checkCall(expression, place);
  }
}

function checkWord(word: string, at: number): void {
  if (words.has(word)) return;
  if (functions.has(word)) throw new ExpressionError('unknown-word', `${word} is a function`, at, `write ${word}(…)`);
  throw new ExpressionError(
    'unknown-word',
    `${word} is no value`,
    at,
    `write "${word}" for a text, [${word}] for an attribute`,
  );
}

function refuseCondition(expression: Expression): never {
  const mend = `write IIF(${printExpression(expression)}, …, …)`;
  throw new ExpressionError('condition', 'a comparison is no value of its own', expression.at, mend);
}

function checkCall(call: Call, place: Place): void {
  const known = functions.get(call.name);
  if (known === undefined) throw unknownFunction(call);
  if (call.name === 'SelectUniqueValue' && !place.top)
    throw new ExpressionError('arguments', 'SelectUniqueValue stands outside of every other function', call.at);
  const fault = faultOf(call, known);
  if (fault !== null)
    throw new ExpressionError('arguments', `${call.name} ${fault}`, call.at, `write ${known.signature}`);
  call.args.forEach((argument, index) => {
    if (argument !== null) check(argument, { conditionAllowed: known.conditions?.(index) ?? false, top: false });
  });
  checkLiterals(call);
}

function faultOf({ args }: Call, { least, most, optional, refuses }: MappingFunction): string | null {
  const count = args.length;
  if (count < least || count > most) return `has ${countText(least, most)}, not ${count}`;
  const missing = args.findIndex(
    (argument, index) => argument === null && index < least && !(optional ?? []).includes(index),
  );
  if (missing >= 0) return `needs its argument ${missing + 1}`;
  return refuses?.(args) ?? null;
}

function countText(least: number, most: number): string {
  if (most === Infinity) return `at least ${least} arguments`;
  return least === most
    ? `${least === 0 ? 'no' : least} argument${least === 1 ? '' : 's'}`
    : `${least} to ${most} arguments`;
}

/** Literal patterns and intervals are read now, so that a mistake shows when it is made. */
function checkLiterals({ name, args }: Call): void {
  if (name === 'Replace' && args.length > 3) checkPattern(args[2]);
  if (name === 'DateAdd' || name === 'DateDiff') checkInterval(args[0]);
}

function checkPattern(pattern: Call['args'][number] | undefined): void {
  if (pattern?.kind !== 'text') return;
  try {
    patternOf(pattern.text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ExpressionError('arguments', error.message, pattern.at);
  }
}

function checkInterval(interval: Call['args'][number] | undefined): void {
  if (interval?.kind === 'text' && !intervals.some((one) => one === interval.text))
    throw new ExpressionError(
      'arguments',
      `${interval.text} is no interval`,
      interval.at,
      `write one of ${intervals.join(', ')}`,
    );
}

function unknownFunction({ name, at }: Call): ExpressionError {
  const near = nearest(name, [...functions.keys()]);
  return new ExpressionError(
    'unknown-function',
    `there is no function ${name}`,
    at,
    near === null ? null : `write ${near}`,
  );
}

/** The one that a misspelt name is most like; null when none is near. */
function nearest(name: string, known: readonly string[]): string | null {
  const sought = name.toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(sought.length / 3)) + 1;
  for (const one of known) {
    const far = distance(sought, one.toLowerCase(), least);
    if (far < least) [best, least] = [one, far];
  }
  return best;
}

/** Levenshtein's; `limit` for anything that is not below it. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return Math.min(row[b.length] ?? limit, limit);
}

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

function visit(expression: Expression, see: (one: Expression) => void): void {
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
