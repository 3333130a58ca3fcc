import { RE2JS, type Matcher } from 're2js';
import { ValueError } from './values.js';

/** Longest pattern, in UTF-16 units: enough for what is written by hand, and cheap to compile. */
const longestPattern = 1_000;

/** Most repetitions by count, `{1,50}` counting 50: each is compiled as often as it counts. */
const mostRepetitions = 300;

/** Largest compiled pattern, in instructions. */
const largestProgram = 800;

const compiled = new Map<string, RE2JS>();
const mostCompiled = 500;

/**
 * A pattern that is matched in time proportional to the text, whatever the two are. Groups are named as in .NET.
 * @throws ValueError for what does not parse; look-around and back-references are no part of the language
 */
export function patternOf(source: string): RE2JS {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  if (source.length > longestPattern) throw new ValueError(`a pattern has at most ${longestPattern} characters`);
  const repetitions = [...source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Number(most === undefined || most === '' ? least : most),
  );
  if (repetitions.reduce((sum, each) => sum + each, 0) > mostRepetitions)
    throw new ValueError(`a pattern repeats by count at most ${mostRepetitions} times in all`);
  const pattern = compile(source);
  if (pattern.programSize() > largestProgram) throw new ValueError('the pattern is too large: split it');
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(source, pattern);
  return pattern;
}

/** Work of matching one character; other functions spend 1. */
export function costOf(pattern: RE2JS): number {
  return Math.max(8, pattern.programSize() / 2);
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new ValueError(`the pattern is not readable: ${reason}`);
  }
}

/** Every match, replaced by a template in which `${name}` and `$1` stand for groups, and `$$` for `$`. */
export function replaceMatches(source: string, pattern: RE2JS, template: string): string {
  return rewrite(source, pattern, (matcher) =>
    template.replace(
      /\$(?:\{(\w+)\}|(\d+)|(\$))/g,
      (written: string, name?: string, index?: string, dollar?: string) => {
        if (dollar !== undefined) return dollar;
        const group = name ?? index ?? '';
        return hasGroup(pattern, group) ? groupOf(matcher, group) : written;
      },
    ),
  );
}

/** Only the text that a group matched is replaced, in every match. */
export function replaceGroup(source: string, pattern: RE2JS, group: string, replacement: string): string {
  requireGroup(pattern, group);
  return rewrite(source, pattern, (matcher) => {
    const [from, until] = [matcher.start(group), matcher.end(group)];
    const [start, end] = [matcher.start(), matcher.end()];
    return from < 0 ? source.slice(start, end) : source.slice(start, from) + replacement + source.slice(until, end);
  });
}

/** What the group matches first; the empty text where it does not. */
export function extractGroup(source: string, pattern: RE2JS, group: string): string {
  requireGroup(pattern, group);
  const matcher = pattern.matcher(source);
  return matcher.find() ? groupOf(matcher, group) : '';
}

function rewrite(source: string, pattern: RE2JS, replaced: (matcher: Matcher) => string): string {
  const matcher = pattern.matcher(source);
  let text = '';
  let position = 0;
  while (matcher.find()) {
    text += source.slice(position, matcher.start()) + replaced(matcher);
    position = matcher.end();
  }
  return text + source.slice(position);
}

function hasGroup(pattern: RE2JS, group: string): boolean {
  if (/^\d+$/.test(group)) return Number(group) <= pattern.groupCount();
  return Object.hasOwn(pattern.namedGroups(), group);
}

function groupOf(matcher: Matcher, group: string): string {
  const found: string | null = /^\d+$/.test(group) ? matcher.group(Number(group)) : matcher.group(group);
  return found ?? '';
}

function requireGroup(pattern: RE2JS, group: string): void {
  if (!Object.hasOwn(pattern.namedGroups(), group)) throw new ValueError(`the pattern has no group ${group}`);
}
