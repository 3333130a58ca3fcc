import type { Value } from '../expression.js';
import { isEmpty, isList, isTrue, numberOf, textOf, ValueError } from '../values.js';
import { noFlow, type MappingFunction } from './function.js';

const test = (signature: string, holds: (value: Value) => boolean): MappingFunction => ({
  signature,
  least: 1,
  most: 1,
  evaluate: (call) => holds(call.value(0)),
});

function booleanOf(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return isTrue(value);
  return value !== null && numberOf(value) !== 0;
}

/** Whether a value is there, and what can be made of it. */
export const testFunctions: Readonly<Record<string, MappingFunction>> = {
  IsNull: test('IsNull(expression)', (value) => value === null),
  IsNullOrEmpty: test('IsNullOrEmpty(expression)', isEmpty),
  IsPresent: test('IsPresent(expression)', (value) => !isEmpty(value)),
  IsString: test('IsString(expression)', (value) => value !== null && (typeof value !== 'object' || isOneText(value))),
  Not: {
    signature: 'Not(source)',
    least: 1,
    most: 1,
    conditions: () => true,
    evaluate: (call) => (isTrue(call.value(0)) ? 'False' : 'True'),
  },
  CBool: {
    signature: 'CBool(expression)',
    least: 1,
    most: 1,
    conditions: () => true,
    evaluate: (call) => booleanOf(call.value(0)),
  },
  CStr: {
    signature: 'CStr(value)',
    least: 1,
    most: 1,
    evaluate: (call) => {
      const value = call.value(0);
      return value === null ? null : textOf(value);
    },
  },
  CNum: {
    signature: 'CNum(value)',
    least: 1,
    most: 1,
    evaluate: (call) => {
      const value = call.value(0);
      return value === null ? null : numberOf(value);
    },
  },
  Coalesce: {
    signature: 'Coalesce(source1, source2, …, defaultValue?)',
    least: 1,
    most: Infinity,
    evaluate: (call) => {
      for (let index = 0; index < call.count; index += 1) {
        const value = call.flow(index);
        if (value !== null && value !== noFlow) return value;
      }
      return null;
    },
  },
  IgnoreFlowIfNullOrEmpty: {
    signature: 'IgnoreFlowIfNullOrEmpty(expression)',
    least: 1,
    most: 1,
    evaluate: (call) => {
      const value = call.value(0);
      return isEmpty(value) ? noFlow : value;
    },
  },
  Error: {
    signature: 'Error(message)',
    least: 1,
    most: 1,
    evaluate: (call) => {
      throw new ValueError(textOf(call.value(0)));
    },
  },
};

const isOneText = (value: Value): boolean => value !== null && isList(value) && value.length === 1;
