import type { Argument, Value } from '../expression.js';
import type { RE2JS } from 're2js';
import { costOf, extractGroup, patternOf, replaceGroup, replaceMatches } from '../regular-expressions.js';
import { isEmpty, isList, textOf } from '../values.js';
import type { Call, MappingFunction } from './function.js';

const [oldValue, regexPattern, regexGroupName, replacementValue, replacementAttributeName, template] = [
  1, 2, 3, 4, 5, 6,
];

type Mode = 'text' | 'template' | 'pattern' | 'group' | 'other-attribute';

/** Which of the five ways the arguments ask for; null for none. Three arguments are Connect Sync's form: text, old, new. */
function modeOf(isGiven: (index: number) => boolean, count: number): Mode | null {
  if (count === 3) return isGiven(1) && isGiven(2) ? 'text' : null;
  if (isGiven(oldValue)) return isGiven(template) ? 'template' : isGiven(replacementValue) ? 'text' : null;
  return isGiven(regexPattern) ? patternModeOf(isGiven) : null;
}

function patternModeOf(isGiven: (index: number) => boolean): Mode | null {
  if (isGiven(regexGroupName) && isGiven(replacementAttributeName)) return 'other-attribute';
  if (!isGiven(replacementValue)) return null;
  return isGiven(regexGroupName) ? 'group' : 'pattern';
}

function refuses(args: readonly Argument[]): string | null {
  const mode = modeOf((index) => (args[index] ?? null) !== null, args.length);
  if (mode !== null) return null;
  return 'needs oldValue with replacementValue or template, or regexPattern with replacementValue, or with regexGroupName and replacementAttributeName';
}

function replaced(call: Call, mode: Mode): Value {
  const source = call.value(0);
  if (mode === 'other-attribute') return isEmpty(source) ? extracted(call) : source;
  if (source === null) return null;
  const change = changeOf(call, mode);
  return isList(source) ? source.map((one) => change(textOf(one))) : change(textOf(source));
}

function changeOf(call: Call, mode: Exclude<Mode, 'other-attribute'>): (text: string) => string {
  switch (mode) {
    case 'text': {
      const [old, next] = [textOf(call.value(1)), textOf(call.value(call.count === 3 ? 2 : replacementValue))];
      return (text) => (old === '' ? text : text.replaceAll(old, () => next));
    }
    case 'template': {
      const [old, whole] = [textOf(call.value(oldValue)), textOf(call.value(template))];
      return (text) => (old === '' ? whole : whole.replaceAll(old, () => text));
    }
    case 'pattern': {
      const [pattern, next] = [patternOf(textOf(call.value(regexPattern))), textOf(call.value(replacementValue))];
      return (text) => replaceMatches(spent(call, pattern, text), pattern, next);
    }
    case 'group': {
      const [pattern, next] = [patternOf(textOf(call.value(regexPattern))), textOf(call.value(replacementValue))];
      const group = textOf(call.value(regexGroupName));
      return (text) => replaceGroup(spent(call, pattern, text), pattern, group, next);
    }
  }
}

/** The group of the other attribute; absent when that one is. */
function extracted(call: Call): Value {
  const other = call.value(replacementAttributeName);
  if (isEmpty(other)) return null;
  const pattern = patternOf(textOf(call.value(regexPattern)));
  return extractGroup(spent(call, pattern, textOf(other)), pattern, textOf(call.value(regexGroupName)));
}

function spent(call: Call, pattern: RE2JS, text: string): string {
  call.spend(text.length * costOf(pattern));
  return text;
}

export const replaceFunctions: Readonly<Record<string, MappingFunction>> = {
  Replace: {
    signature:
      'Replace(source, oldValue?, regexPattern?, regexGroupName?, replacementValue?, replacementAttributeName?, template?)',
    least: 3,
    most: 7,
    optional: [1, 2, 3, 4, 5, 6],
    refuses,
    evaluate: (call) => {
      const mode = modeOf((index) => call.isGiven(index), call.count);
      return mode === null ? null : replaced(call, mode);
    },
  },
};
