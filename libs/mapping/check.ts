import { ExpressionError, type Expression } from './expression.js';
import type { MappingFunction } from './functions/function.js';
import { functions, words } from './functions/functions.js';
import { intervals } from './dates.js';
import { patternOf } from './regular-expressions.js';
import { printExpression } from './print.js';
import { ValueError } from './values.js';

type Call = Extract<Expression, { kind: 'call' }>;

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
