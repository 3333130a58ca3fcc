import { printDate, readDate } from '../date-formats.js';
import {
  addTo,
  dateText,
  difference,
  fileTimeOf,
  instantOf,
  instantOfFileTime,
  intervals,
  type Interval,
} from '../dates.js';
import { isEmpty, numberOf, shown, textOf, ValueError } from '../values.js';
import type { Value } from '../expression.js';
import type { Call, MappingFunction } from './function.js';

function dateOf(value: Value): number {
  const ms = instantOf(textOf(value));
  if (ms === null) throw new ValueError(`${shown(value)} is no date`);
  return ms;
}

function intervalOf(value: Value): Interval {
  const name = textOf(value);
  const interval = intervals.find((one) => one === name);
  if (interval === undefined) throw new ValueError(`${shown(name)} is no interval: write ${intervals.join(', ')}`);
  return interval;
}

/** Absent in, absent out: there is nothing to read a date from. */
function unlessAbsent(call: Call, index: number, change: (value: Value) => Value): Value {
  const value = call.value(index);
  return isEmpty(value) ? null : change(value);
}

function fileTimeDate(value: Value): Value {
  const fileTime = numberOf(value);
  if (fileTime < 0) throw new ValueError('a file time counts from 1601');
  return dateText(instantOfFileTime(fileTime));
}

/** With three or four arguments source, styles, input format and output format; with two a date and the output format. */
function formatted(call: Call): Value {
  return unlessAbsent(call, 0, (value) => {
    if (call.count === 2) return printDate(dateOf(value), textOf(call.value(1)));
    const [text, format] = [textOf(value), textOf(call.value(2))];
    const ms = call.isGiven(2) ? readDate(text, format) : instantOf(text);
    if (ms === null) throw new ValueError(`${shown(value)} is no date of the form ${format}`);
    return printDate(ms, textOf(call.value(3)));
  });
}

export const dateFunctions: Readonly<Record<string, MappingFunction>> = {
  CDate: {
    signature: 'CDate(expression)',
    least: 1,
    most: 1,
    evaluate: (call) => unlessAbsent(call, 0, (value) => dateText(dateOf(value))),
  },
  DateAdd: {
    signature: 'DateAdd(interval, value, dateTime)',
    least: 3,
    most: 3,
    evaluate: (call) =>
      unlessAbsent(call, 2, (value) => {
        const interval = intervalOf(call.value(0));
        const sum = addTo(dateOf(value), interval, Math.trunc(numberOf(call.value(1))));
        if (sum === null) throw new ValueError('the years are 1 to 9999');
        return dateText(sum);
      }),
  },
  DateDiff: {
    signature: 'DateDiff(interval, date1, date2)',
    least: 3,
    most: 3,
    evaluate: (call) => difference(intervalOf(call.value(0)), dateOf(call.value(1)), dateOf(call.value(2))),
  },
  Now: { signature: 'Now()', least: 0, most: 0, evaluate: ({ surroundings }) => dateText(dateOf(surroundings.now)) },
  FormatDateTime: {
    signature: 'FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)',
    least: 2,
    most: 4,
    optional: [1, 2],
    refuses: (args) =>
      args.length === 3 ? 'has a source, styles (may be empty), an input and an output format' : null,
    evaluate: formatted,
  },
  DateFromNum: {
    signature: 'DateFromNum(value)',
    least: 1,
    most: 1,
    evaluate: (call) => unlessAbsent(call, 0, fileTimeDate),
  },
  NumFromDate: {
    signature: 'NumFromDate(value)',
    least: 1,
    most: 1,
    evaluate: (call) => unlessAbsent(call, 0, (value) => fileTimeOf(dateOf(value))),
  },
};
