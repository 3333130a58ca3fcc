import { isWholeSuccess, summaryOf } from './import-file.js';

const done = {
  status: 'completed',
  created: 3,
  changed: 1,
  terminated: 1,
  unchanged: 0,
  rejected: 0,
  held: 0,
  reasons: [],
  detail: null,
  rejections: [],
} as const;

describe('what hub import says at the end', () => {
  it('names whom a rejected row is about, and how many are not listed', () => {
    const rejections = [
      { line: 14, employeeId: '1014', field: 'hireDate', detail: 'must be a date that exists, as YYYY-MM-DD' },
      { line: 14, employeeId: '1014', field: 'email', detail: 'must be an email address' },
      { line: 15, employeeId: null, field: null, detail: 'is not a JSON object' },
    ];
    expect(summaryOf({ ...done, rejected: 5, rejections })).toEqual([
      'completed: 3 created, 1 changed, 1 terminated, 0 unchanged, 5 rejected, 0 held',
      '  line 14, employeeId 1014: hireDate must be a date that exists, as YYYY-MM-DD',
      '  line 14, employeeId 1014: email must be an email address',
      '  line 15, no employeeId: is not a JSON object',
      '  3 more rows were rejected and are not listed',
    ]);
  });

  it('says why a file is held, and who goes on with it', () => {
    expect(summaryOf({ ...done, status: 'held', held: 120, reasons: ['leaving'] })[1]).toMatch(
      /held for leaving.*hr-operator/,
    );
    expect(summaryOf({ ...done, held: 2 })[1]).toMatch(/2 rows wait for an hr-operator/);
  });

  it.each([
    [done, true],
    [{ ...done, rejected: 1 }, false],
    [{ ...done, held: 1 }, false],
    [{ ...done, status: 'held' as const }, false],
    [{ ...done, status: 'failed' as const }, false],
  ])('is a success only when every row came in', (state, success) => {
    expect(isWholeSuccess(state)).toBe(success);
  });
});
