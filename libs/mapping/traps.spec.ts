import { EvaluationError } from './expression.js';
import { compileExpression } from './mapping-expression.js';
import { outcome, valueOf } from './mapping.fixtures.js';

const codes = (text: string): string[] => compileExpression(text).warnings.map(({ code }) => code);

describe('the traps of the language', () => {
  it('T1: a comparison with an absent value fails; with the empty text it says what is, and tests of presence work', () => {
    expect(valueOf('IIF([c]="USA","yes","no")')).toBe('no');
    expect(valueOf('IIF([c]<>"USA","yes","no")')).toBe('no');
    expect(codes('IIF([c]<>"USA","yes","no")')).toEqual(['comparison-with-nothing']);
    expect(valueOf('IIF([c]="","none","some")')).toBe('none');
    expect(valueOf('IIF([c]<>"","some","none")', { c: 'FR' })).toBe('some');
    expect(valueOf('IIF(IsNullOrEmpty([c]),"none",[c])')).toBe('none');
    expect(valueOf('IIF(IsPresent([c]),[c],"none")', { c: 'FR' })).toBe('FR');
  });

  it('T2: the key "" is for an absent source and for an empty one', () => {
    expect(valueOf('Switch([f], "other", "", "none")')).toBe('none');
    expect(valueOf('Switch([f], "other", "", "none")', { f: '' })).toBe('none');
  });

  it.each([
    ['Switch(IsPresent([givenName]), true, [givenName] & " " & [surname], [surname])', 'switch-of-test'],
    [
      'Switch(IsPresent([givenName]), [givenName] & " " & [surname], Not(IsPresent([givenName])), [surname])',
      'switch-of-conditions',
    ],
    ['IIF(IsPresent([givenName]), [givenName] & " " & [surname], [surname])', undefined],
    ['Switch(IsPresent([givenName]), [surname], "True", [givenName] & " " & [surname])', undefined],
  ])('T4: %s chooses by presence', (text, code) => {
    expect(valueOf(text, { givenName: 'John', surname: 'Doe' })).toBe('John Doe');
    expect(valueOf(text, { surname: 'Doe' })).toBe('Doe');
    expect(codes(text)).toEqual(code === undefined ? [] : [code]);
  });

  it('T4: the pairs of conditions of the documented IsPresent take the first that holds', () => {
    const text =
      'Switch(IsPresent([directManager]), [directManager], IsPresent([skiplevelManager]), [skiplevelManager], IsPresent([director]), [director])';
    expect(valueOf(text, { skiplevelManager: 'ada', director: 'eve' })).toBe('ada');
    expect(valueOf(text)).toBeNull();
  });

  it('T5: Switch tells capitals apart', () => {
    expect(valueOf('Switch([f], "0", "true", "1")', { f: 'True' })).toBe('0');
    expect(codes('Switch(ToLower([f]), "0", "True", "1")')).toEqual(['switch-case']);
  });

  it('T6: Join leaves out what is empty, and takes every value of a list', () => {
    expect(valueOf('Join("-", [a], "", [b])', { a: ['1', '', '2'], b: null })).toBe('1-2');
  });

  it('T12: Mid beyond the text gives the text, with length 0 nothing', () => {
    expect(['Mid("abc", 0, 2)', 'Mid("abc", 1, -1)', 'Mid("abc", 4, 1)'].map((text) => valueOf(text))).toEqual([
      'abc',
      'abc',
      'abc',
    ]);
    expect(valueOf('Mid("abc", 2, 0)')).toBe('');
    expect(valueOf('Mid([x], 1, 2)')).toBe('');
  });

  it('T13: an item that is not there is an error, with ItemOrNull it is absent', () => {
    expect(() => valueOf('Item([p], 0)', { p: ['a'] })).toThrow(EvaluationError);
    expect(valueOf('ItemOrNull([p], 2)', { p: ['a'] })).toBeNull();
  });

  it('T15: FormatDateTime takes a date and a format too', () => {
    expect(valueOf('FormatDateTime("3/16/2020 7:00:00 PM", "yyyyMMdd HH:mm")')).toBe('20200316 19:00');
    expect(codes('FormatDateTime([d], "yyyy")')).toEqual(['format-of-two']);
  });

  it('T16: time and chance come from the event: the same again for the same event, others for another', () => {
    const text = 'Join("/", Now(), Guid(), Guid(), RandomString(12,3,2,2,2,"O0l1"))';
    const [now, first, second, random = ''] = String(valueOf(text)).split(/\/(?=[^/]*-|[^/]*$)|(?<=[AP]M)\//);
    expect(valueOf(text)).toBe(valueOf(text));
    expect(valueOf(text, {}, { seed: 'event-2' })).not.toBe(valueOf(text));
    expect(now).toBe('3/1/2026 9:30:00 AM');
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    expect(random).not.toMatch(/[O0l1]/);
  });

  it('T16: RandomString holds its minimums', () => {
    const made = String(valueOf('RandomString(6,3,0,0,3)'));
    expect(made.replace(/\D/g, '')).toHaveLength(3);
    expect(made.replace(/[^a-z]/g, '')).toHaveLength(3);
    expect(() => valueOf('RandomString(3,2,2,0,0)')).toThrow('the sum of the minimums');
  });

  it('T18: what is not chosen is not evaluated', () => {
    const window =
      'Switch([Active], , "1", IIF(DateDiff("d", Now(), CDate([StatusHireDate])) > 5, "False", "True"), "0", "False")';
    expect(valueOf(window, { Active: '0' })).toBe('False');
    expect(valueOf(window, { Active: '1', StatusHireDate: '2026-03-03' })).toBe('True');
    expect(valueOf(window, { Active: '1', StatusHireDate: '2026-03-30' })).toBe('False');
    expect(valueOf(window, { Active: '2' })).toBeNull();
    expect(() => valueOf(window, { Active: '1' })).toThrow(EvaluationError);
  });

  it('T20: Redact hides the value in the trace only', () => {
    const seen: unknown[] = [];
    const found = compileExpression('Redact([upn]) & "!"').evaluate(
      { attribute: () => 'ada', now: '', seed: '', defaultDomain: null, isFree: () => true },
      ({ expression, value }) => seen.push([expression, value]),
    );
    expect(found).toEqual({ is: 'value', value: 'ada!' });
    expect(seen).toContainEqual(['Redact([upn])', '[Redact]']);
  });

  it('T22: an empty value is dropped only where that is asked for, also within a choice', () => {
    expect(outcome('IgnoreFlowIfNullOrEmpty([department])', { department: '' })).toEqual({ is: 'ignore' });
    expect(outcome('IIF([a]="1", IgnoreFlowIfNullOrEmpty([b]), "x")', { a: '1' })).toEqual({ is: 'ignore' });
    expect(outcome('[department]', { department: '' })).toEqual({ is: 'value', value: '' });
    expect(valueOf('Join("", "a", IgnoreFlowIfNullOrEmpty([b]))')).toBe('a');
  });

  it('SelectUniqueValue takes the first value that is free, and says when none is', () => {
    const rules = 'SelectUniqueValue(Join("@", [a], "x"), Join("@", [b], "x"), Join("@", [c], "x"))';
    const taken = (...names: string[]) => ({ isFree: (value: string) => !names.includes(value) });
    const names = { a: 'John.Smith', b: 'J.Smith', c: 'Jo.Smith' };
    expect(valueOf(rules, names, taken('John.Smith@x'))).toBe('J.Smith@x');
    expect(valueOf(rules, names, taken('John.Smith@x', 'J.Smith@x'))).toBe('Jo.Smith@x');
    expect(() => valueOf(rules, names, { isFree: () => false })).toThrow('somebody else has the value of each rule');
  });
});

describe('functions beyond the documented examples', () => {
  it.each([
    ['Contains([m], "b")', { m: ['abc', 'x'] }, 1],
    ['Contains([m], "z")', { m: ['abc'] }, 0],
    ['Count([m])', { m: ['a', 'b'] }, 2],
    ['Count([m])', {}, 0],
    ['RemoveDuplicates([m])', { m: ['b', 'a', 'b'] }, ['b', 'a']],
    ['Trim([m])', { m: [' a ', 'b '] }, ['a', 'b']],
    ['PadLeft("User",10,"0")', {}, '000000User'],
    ['PadLeft([x],2,"0")', {}, '00'],
    ['InStrRev("abbcdbbbef","bb")', {}, 7],
    ['Right("John Doe",3)', {}, 'Doe'],
    ['LCase("TeSt")', {}, 'test'],
    ['ToUpper("istanbul", "tr-TR")', {}, 'İSTANBUL'],
    ['CBool([a] = [b])', { a: '1', b: '1' }, true],
    ['CBool("0")', {}, false],
    ['Not([x])', {}, 'True'],
    ['CStr(IsNull([x]))', {}, 'True'],
    ['DateFromNum(129699324000000000)', {}, '1/1/2012 11:00:00 PM'],
    ['NumFromDate("2012-01-01 23:00:00")', {}, 129699324000000000],
    [
      'NumFromDate(Join("", FormatDateTime([e], ,"yyyy-MM-ddzzz","yyyy-MM-dd"), " 23:59:59-08:00"))',
      { e: '2026-12-31-08:00' },
      134432639990000000,
    ],
    ['CDate("2013-01-10 4:00 PM -8")', {}, '1/11/2013 12:00:00 AM'],
    ['DateAdd("m", 1, "2024-01-31")', {}, '2/29/2024 12:00:00 AM'],
    ['DateAdd("m", 3, "2001-01-01")', {}, '4/1/2001 12:00:00 AM'],
    ['FormatDateTime("Mon, 02 Mar 2026", , "ddd, dd MMM yyyy", "MMMM d, yy")', {}, 'March 2, 26'],
    ['CDate([d])', {}, null],
    ['DefaultDomain()', {}, 'corp.example'],
    ['SingleAppRoleAssignment([r])', { r: [{ value: 'Admin' }] }, 'Admin'],
    ['[a] & "-" & 5 & &H1F', { a: 'x' }, 'x-531'],
    ['Len("👩‍🚀")', {}, 3],
    ['Left("👍👍", 1)', {}, '👍'],
    ['Replace("a-b-c", "-", "+")', {}, 'a+b+c'],
    ['Replace("cost", "cost", , , "$&$1", , )', {}, '$&$1'],
  ] as const)('%s', (text, attributes, value) => {
    expect(valueOf(text, attributes)).toEqual(value);
  });

  it.each([
    ['CDate("2021-02-30")', '"2021-02-30" is no date'],
    ['Left("a", "b")', '"b" is no number'],
    ['ToLower([m] & "x")', 'a list of values is no text'],
    ['Replace("a", , "(a)\\\\1", , "", , )', 'the pattern is not readable'],
  ])('%s gives no value, and says why', (text, reason) => {
    expect(() => valueOf(text, { m: ['a', 'b'] })).toThrow(reason);
  });
});
