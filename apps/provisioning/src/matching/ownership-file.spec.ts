import { readOwnershipFile } from './ownership-file.js';

const ada = 'a0000000-0000-4000-8000-000000000000';
const columns = ['account', 'userName', 'decision', 'identity', 'kind', 'reason'];
const read = (...lines: string[]) => readOwnershipFile([columns.join(','), ...lines, ''].join('\n'), columns);

describe('a file of decisions', () => {
  it('has one decision in each line, and none in a line without one', () => {
    expect(
      read(`u1,ada,person,${ada},,she said so`, 'u2,bob,,,,', 'u3,svc,not-a-person,,service,runs the backup'),
    ).toEqual({
      rows: [
        { line: 2, accountId: 'u1', decision: 'person', identityId: ada, kind: null, reason: 'she said so' },
        {
          line: 4,
          accountId: 'u3',
          decision: 'not-a-person',
          identityId: null,
          kind: 'service',
          reason: 'runs the backup',
        },
      ],
      rejections: [],
      twice: [],
    });
  });

  it('says of each wrong line which column is wrong; the others count', () => {
    const file = read(
      'u1,ada,person,1001,,why',
      'u2,bob,maybe,,,why',
      'u3,svc,not-a-person,,robot,why',
      'u4,eve,open,,,',
      'u5,too,few',
      'u6,eve,open,,,why',
    );
    expect(file).toMatchObject({ rows: [{ line: 7, accountId: 'u6' }] });
    expect(typeof file === 'string' ? [] : file.rejections.map(({ line, column }) => [line, column])).toEqual([
      [2, 'identity'],
      [3, 'decision'],
      [4, 'kind'],
      [5, 'reason'],
      [6, null],
    ]);
  });

  it('tells which line decides an account a second time', () => {
    const file = read('u1,ada,open,,,why', 'u2,bob,open,,,why', `u1,ada,person,${ada},,why`);
    expect(file).toMatchObject({ twice: [{ line: 4, column: 'account' }] });
  });

  it('may have values with line ends, commas and quotes', () => {
    expect(read('"u,1",ada,open,,,"two\nlines, ""quoted"""', 'u2,bob,open,,,why')).toMatchObject({
      rows: [
        { line: 2, accountId: 'u,1', reason: 'two\nlines, "quoted"' },
        { line: 4, accountId: 'u2' },
      ],
    });
  });

  it('is refused whole without its columns, or with one that nobody knows', () => {
    expect(readOwnershipFile('', columns)).toContain('empty');
    expect(readOwnershipFile('account,reason\n', columns)).toContain('decision');
    expect(readOwnershipFile('account,decision,colour\n', columns)).toContain('colour');
  });
});
