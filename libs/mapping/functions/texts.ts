import { foldText } from '#libs/text/text.js';
import type { Value } from '../expression.js';
import { isEmpty, isList, listOf, numberOf, textOf, ValueError } from '../values.js';
import { withoutDiacritics } from '../diacritics.js';
import type { Call, MappingFunction } from './function.js';

/** Texts are counted in characters, so that none is cut in half. */
const characters = (text: string): string[] => Array.from(text);

/** Applied to each value of a list; an absent value stays absent. */
function eachText(value: Value, change: (text: string) => string): Value {
  if (value === null) return null;
  return isList(value) ? value.map((one) => eachText(one, change)) : change(textOf(value));
}

const changing = (signature: string, change: (text: string) => string): MappingFunction => ({
  signature,
  least: 1,
  most: 1,
  evaluate: (call) => eachText(call.value(0), change),
});

/** @returns 1 for the first character; 0 when it is not there */
function position(call: Call, find: (text: string, sought: string, from: number) => number, from: number): number {
  const folded = call.isGiven(3) && textOf(call.value(3)) === 'vbTextCompare';
  const form = (text: string): string => (folded ? foldText(text) : text);
  const text = form(textOf(call.value(0)));
  const sought = form(textOf(call.value(1)));
  const at = find(text, sought, Array.from(text).slice(0, from).join('').length);
  return at < 0 ? 0 : characters(text.slice(0, at)).length + 1;
}

/** Beyond the end, before the beginning and with a negative length the text stays whole. */
function mid(text: string, start: number, length: number): string {
  const all = characters(text);
  if (length < 0 || start <= 0 || start > all.length) return text;
  return all.slice(start - 1, start - 1 + length).join('');
}

function word(text: string, number: number, delimiters: string): string {
  const separators = new Set(characters(delimiters));
  const words: string[] = [];
  let current = '';
  for (const character of text) {
    if (!separators.has(character)) current += character;
    else {
      words.push(current);
      current = '';
    }
  }
  words.push(current);
  return words.filter((one) => one !== '')[number - 1] ?? '';
}

/** Where words end when no separators are given: .NET's rules of title case; an apostrophe is part of a word. */
const wordEnd = /[\s\p{Cc}\p{Cf}\p{Pc}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{Sm}\p{Sc}\p{Sk}\p{So}]/u;

function properCase(text: string, separators: string | null): string {
  const ends = new Set(characters(separators ?? ''));
  const isEnd = (character: string): boolean =>
    separators === null ? character !== "'" && wordEnd.test(character) : ends.has(character);
  let begins = true;
  let proper = '';
  for (const character of text) {
    proper += begins ? character.toUpperCase() : character.toLowerCase();
    begins = isEnd(character);
  }
  return proper;
}

function inCulture(call: Call, change: (text: string, culture: string | undefined) => string): Value {
  const culture = call.isGiven(1) ? textOf(call.value(1)) : '';
  return eachText(call.value(0), (text) => {
    try {
      return change(text, culture === '' ? undefined : culture);
    } catch {
      throw new ValueError(`${culture} is no culture: write one such as en-US`);
    }
  });
}

const lower = (text: string, culture?: string): string =>
  culture === undefined ? text.toLowerCase() : text.toLocaleLowerCase(culture);
const upper = (text: string, culture?: string): string =>
  culture === undefined ? text.toUpperCase() : text.toLocaleUpperCase(culture);

const paddedLength = 1_000;

function padding(call: Call): string {
  const missing = numberOf(call.value(1)) - characters(textOf(call.value(0))).length;
  if (missing > paddedLength) throw new ValueError(`fills up to ${paddedLength} characters`);
  const [fill = ' '] = characters(textOf(call.value(2)));
  return fill.repeat(Math.max(0, Math.trunc(missing)));
}

export const textFunctions: Readonly<Record<string, MappingFunction>> = {
  Append: {
    signature: 'Append(source, suffix)',
    least: 2,
    most: 2,
    evaluate: (call) => {
      const suffix = textOf(call.value(1));
      return eachText(call.value(0), (text) => text + suffix);
    },
  },
  Join: {
    signature: 'Join(separator, source1, source2, …)',
    least: 2,
    most: Infinity,
    evaluate: (call) => {
      const sources = Array.from({ length: call.count - 1 }, (_, index) => listOf(call.value(index + 1))).flat();
      return sources
        .filter((source) => !isEmpty(source))
        .map(textOf)
        .join(textOf(call.value(0)));
    },
  },
  Left: {
    signature: 'Left(text, count)',
    least: 2,
    most: 2,
    evaluate: (call) => {
      const [text, count] = [textOf(call.value(0)), numberOf(call.value(1))];
      return count < 0 ? text : characters(text).slice(0, count).join('');
    },
  },
  Right: {
    signature: 'Right(text, count)',
    least: 2,
    most: 2,
    evaluate: (call) => {
      const [text, count] = [textOf(call.value(0)), numberOf(call.value(1))];
      return count < 0
        ? text
        : characters(text)
            .slice(Math.max(0, characters(text).length - count))
            .join('');
    },
  },
  Mid: {
    signature: 'Mid(text, start, length)',
    least: 3,
    most: 3,
    evaluate: (call) => mid(textOf(call.value(0)), numberOf(call.value(1)), numberOf(call.value(2))),
  },
  Len: {
    signature: 'Len(text)',
    least: 1,
    most: 1,
    evaluate: (call) => characters(textOf(call.value(0))).length,
  },
  InStr: {
    signature: 'InStr(text, sought, start?, vbTextCompare|vbBinaryCompare?)',
    least: 2,
    most: 4,
    evaluate: (call) => {
      const start = call.isGiven(2) ? Math.max(1, numberOf(call.value(2))) : 1;
      return position(call, (text, sought, from) => text.indexOf(sought, from), start - 1);
    },
  },
  InStrRev: {
    signature: 'InStrRev(text, sought, start?, vbTextCompare|vbBinaryCompare?)',
    least: 2,
    most: 4,
    evaluate: (call) => {
      const start = call.isGiven(2) ? numberOf(call.value(2)) : Infinity;
      return position(call, (text, sought, from) => text.lastIndexOf(sought, from - 1), start);
    },
  },
  Word: {
    signature: 'Word(text, number, delimiters)',
    least: 3,
    most: 3,
    evaluate: (call) => word(textOf(call.value(0)), numberOf(call.value(1)), textOf(call.value(2))),
  },
  Split: {
    signature: 'Split(source, delimiter)',
    least: 2,
    most: 2,
    evaluate: (call) => {
      const [text, delimiter] = [call.value(0), textOf(call.value(1))];
      if (delimiter === '') throw new ValueError('the delimiter is empty');
      if (text === null) return null;
      const parts = textOf(text).split(delimiter);
      return parts.map((part) => part.trim()).filter((part) => part !== '');
    },
  },
  StripSpaces: changing('StripSpaces(source)', (text) => text.replaceAll(' ', '')),
  NormalizeDiacritics: changing('NormalizeDiacritics(source)', withoutDiacritics),
  Trim: changing('Trim(source)', (text) => text.trim()),
  LTrim: changing('LTrim(source)', (text) => text.trimStart()),
  RTrim: changing('RTrim(source)', (text) => text.trimEnd()),
  LCase: changing('LCase(source)', (text) => text.toLowerCase()),
  UCase: changing('UCase(source)', (text) => text.toUpperCase()),
  PCase: {
    signature: 'PCase(source, wordSeparators?)',
    least: 1,
    most: 2,
    evaluate: (call) => {
      const separators = call.isGiven(1) ? textOf(call.value(1)) : null;
      return eachText(call.value(0), (text) => properCase(text, separators));
    },
  },
  ToLower: {
    signature: 'ToLower(source, culture?)',
    least: 1,
    most: 2,
    evaluate: (call) => inCulture(call, lower),
  },
  ToUpper: {
    signature: 'ToUpper(source, culture?)',
    least: 1,
    most: 2,
    evaluate: (call) => inCulture(call, upper),
  },
  PadLeft: {
    signature: 'PadLeft(text, length, character)',
    least: 3,
    most: 3,
    evaluate: (call) => padding(call) + textOf(call.value(0)),
  },
  PadRight: {
    signature: 'PadRight(text, length, character)',
    least: 3,
    most: 3,
    evaluate: (call) => textOf(call.value(0)) + padding(call),
  },
};
