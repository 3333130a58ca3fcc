import type { Argument } from '../expression.js';
import { isEmpty, isTrue, textOf, ValueError } from '../values.js';
import { noFlow, type Call, type MappingFunction } from './function.js';

const conditionNames = new Set(['IsNull', 'IsNullOrEmpty', 'IsPresent', 'IsString', 'Not', 'CBool']);

/** A call that answers true or false, or a comparison. */
export function isCondition(argument: Argument | undefined): boolean {
  if (argument === null || argument === undefined) return false;
  return argument.kind === 'compare' || (argument.kind === 'call' && conditionNames.has(argument.name));
}

/** `true`, `"False"`: null for anything else. */
export function booleanIn(argument: Argument | undefined): boolean | null {
  if (argument === null || argument === undefined) return null;
  const text = argument.kind === 'text' ? argument.text : argument.kind === 'word' ? argument.word : '';
  return /^(true|false)$/i.test(text) ? isTrue(text) : null;
}

/**
 * What the arguments of `Switch` mean. `keys`: as documented, source, default, then key and value in pairs. `conditions`:
 * condition and value in pairs, as Connect Sync has it. `test`: condition, true or false, the value for that, the other.
 */
export function switchStyle(args: readonly Argument[]): 'keys' | 'conditions' | 'test' {
  if (!isCondition(args[0])) return 'keys';
  const isPaired = args.every((argument, index) => index % 2 === 1 || isCondition(argument));
  if (isPaired) return 'conditions';
  const isTest = args.length === 4 && booleanIn(args[1]) !== null && booleanIn(args[2]) === null;
  return isTest ? 'test' : 'keys';
}

function switched(call: Call): ReturnType<MappingFunction['evaluate']> {
  const value = call.value(0);
  const source = isEmpty(value) ? '' : textOf(value);
  for (let index = 2; index + 1 < call.count; index += 2) {
    const key = call.value(index);
    if ((isEmpty(key) ? '' : textOf(key)) === source) return call.flow(index + 1);
  }
  return call.flow(1);
}

function firstTrue(call: Call): ReturnType<MappingFunction['evaluate']> {
  for (let index = 0; index + 1 < call.count; index += 2) {
    if (isTrue(call.value(index))) return call.flow(index + 1);
  }
  return null;
}

function refusedSwitch(args: readonly Argument[]): string | null {
  const style = switchStyle(args);
  // Only a default may be left out, and there is one beside keys alone.
  if (args.length === 2 && args[1] === null) return 'needs its argument 2';
  if (args.length % 2 !== 0)
    return 'has source, default, and a value for each key: leave the default empty where there is none';
  return args.length < 4 && style === 'keys' ? 'has at least one key with its value' : null;
}

/** Choices evaluate only what they choose: a date that is none does no harm in a branch that is not taken. */
export const choiceFunctions: Readonly<Record<string, MappingFunction>> = {
  IIF: {
    signature: 'IIF(condition, valueIfTrue, valueIfFalse)',
    least: 3,
    most: 3,
    optional: [1, 2],
    conditions: (index) => index === 0,
    evaluate: (call) => call.flow(isTrue(call.value(0)) ? 1 : 2),
  },
  Switch: {
    signature: 'Switch(source, defaultValue?, key1, value1, key2, value2, …)',
    least: 2,
    most: Infinity,
    optional: [1],
    conditions: (index) => index % 2 === 0,
    refuses: refusedSwitch,
    evaluate: (call) => {
      switch (call.style) {
        case 'conditions':
          return firstTrue(call);
        case 'test':
          return call.flow(isTrue(call.value(0)) === isTrue(call.value(1)) ? 2 : 3);
        case 'keys':
          return switched(call);
      }
    },
  },
  SelectUniqueValue: {
    signature: 'SelectUniqueValue(rule1, rule2, …)',
    least: 2,
    most: Infinity,
    evaluate: (call) => {
      let any = false;
      for (let index = 0; index < call.count; index += 1) {
        const value = call.flow(index);
        if (value === noFlow || isEmpty(value)) continue;
        if (call.surroundings.isFree(textOf(value))) return value;
        any = true;
      }
      if (!any) return null;
      throw new ValueError('somebody else has the value of each rule');
    },
  },
};
