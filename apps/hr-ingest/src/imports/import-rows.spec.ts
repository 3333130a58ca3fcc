import fc from 'fast-check';
import {
  CsvRows,
  HeaderRefused,
  isImportRows,
  NdjsonRows,
  type ImportRow,
  type RowReader,
} from './import-rows.input.js';

const read = (reader: RowReader, ...pieces: string[]): ImportRow[] => [
  ...pieces.flatMap((piece) => reader.push(piece)),
  ...reader.end(),
];
const csv = (...pieces: string[]): ImportRow[] => read(new CsvRows(), ...pieces);
const header = 'employeeId,givenName,familyName,hireDate\n';
const stated = (line: number, employeeId: string, fields: object) => ({
  line,
  employeeId,
  fields: { employeeId, ...fields },
});
const ada = { givenName: 'Ada', familyName: 'Lovelace', hireDate: '2026-03-02' };

describe('rows of a CSV body', () => {
  it('state the columns the header names, with the line they stand on', () => {
    expect(csv(`${header}1001,Ada,Lovelace,2026-03-02\n1002,Grace,Hopper,2026-03-03\n`)).toEqual([
      stated(2, '1001', ada),
      stated(3, '1002', { givenName: 'Grace', familyName: 'Hopper', hireDate: '2026-03-03' }),
    ]);
  });

  it('may end with CRLF, without a line end, or leave lines empty', () => {
    expect(csv(`${header.trim()}\r\n\r\n1001,Ada,Lovelace,2026-03-02`)).toEqual([stated(3, '1001', ada)]);
  });

  it('hold commas, quotes and line ends in quoted values', () => {
    expect(
      csv('employeeId,familyName,addresses\n1001,"O""Hara, née ""X""","1 High St, London;2\nLow St"\n1002,B,\n'),
    ).toEqual([
      stated(2, '1001', { familyName: 'O"Hara, née "X"', addresses: ['1 High St, London', '2\nLow St'] }),
      stated(4, '1002', { familyName: 'B', addresses: null }),
    ]);
  });

  it('clear with an empty cell, and leave alone what has no column', () => {
    expect(csv('employeeId,department\n1001,\n')).toEqual([stated(2, '1001', { department: null })]);
  });

  it('read lists and custom fields', () => {
    expect(csv('employeeId,phoneNumbers,custom\n1001,+1 2 ; +3 4,"{""badge"": ""B-1""}"\n1002,,nonsense\n')).toEqual([
      stated(2, '1001', { phoneNumbers: ['+1 2', '+3 4'], custom: { badge: 'B-1' } }),
      { line: 3, employeeId: '1002', problems: [{ field: 'custom', detail: expect.stringContaining('JSON object') }] },
    ]);
  });

  it.each([
    [
      'too few values',
      '1002,Grace,Hopper',
      { field: 'hireDate', detail: 'has 3 values for 4 columns: give an empty value for each field to clear' },
    ],
    [
      'too many values',
      '1002,Grace,Hopper,Jr,2026-03-03',
      { field: null, detail: expect.stringContaining('5 values for 4 columns') },
    ],
    [
      'no employeeId',
      ',Grace,Hopper,2026-03-03',
      { field: 'employeeId', detail: expect.stringContaining('is missing') },
    ],
    [
      'a number that no database can hold',
      '10\u000002,Grace,Hopper,2026-03-03',
      { field: 'employeeId', detail: expect.stringContaining('without control characters') },
    ],
    [
      'a quote never closed',
      '1002,"Grace,Hopper,2026-03-03',
      { field: null, detail: expect.stringContaining('quote') },
    ],
    [
      'a quote in the middle',
      '1002,Gr"a"ce,Hopper,2026-03-03',
      { field: null, detail: expect.stringContaining('quote') },
    ],
    [
      'text after a quote',
      '1002,"Grace"!,Hopper,2026-03-03',
      { field: null, detail: expect.stringContaining('quote') },
    ],
  ])('with %s are refused alone, and the rest goes on', (_, broken, problem) => {
    const rows = csv(`${header}1001,Ada,Lovelace,2026-03-02\n${broken}\n1003,"Ada",Lovelace,2026-03-02\n`);
    const refused = expect.objectContaining({ line: 3, problems: [problem] });
    expect(rows).toEqual([stated(2, '1001', ada), refused, stated(4, '1003', ada)]);
  });

  it('survive two open quotes far apart', () => {
    const rows = csv(
      `${header}1001,"Ada,Lovelace,2026-03-02\n1002,Ada,Lovelace,2026-03-02\n1003,Ada",Lovelace,2026-03-02\n1004,Ada,Lovelace,2026-03-02\n`,
    );
    expect(rows.map((row) => ('fields' in row ? row.employeeId : `${row.line} refused`))).toEqual([
      '2 refused',
      '1002',
      '4 refused',
      '1004',
    ]);
  });

  it('cost little, however many quotes are open', () => {
    const before = process.cpuUsage().user;
    const many = ['1,"x\n', '"\"\"\n', 'a\n'].map((line) => line.repeat(200_000));
    expect(csv(header, ...many, '"').length).toBeGreaterThan(400_000);
    expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(4_000);
  });

  it('come one by one from a long file with an open quote at its beginning', () => {
    const many = Array.from({ length: 3_000 }, (_, n) => `${n},Ada,Lovelace,2026-03-02\n`);
    const rows = csv(header, '9,"Ada,Lovelace,2026-03-02\n', ...many);
    expect(rows).toHaveLength(3_001);
    expect(rows.filter((row) => 'problems' in row)).toHaveLength(1);
  });

  it('are the same however the body is cut', () => {
    const text = `${header}1001,"A ""d"" a",Love\u00e9lace,2026-03-02\r\n1002,"x\ny",B,2026-03-02\n1003,C\n1004,D,E,2026-03-02`;
    const whole = csv(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(csv(...at.slice(1).map((end, index) => text.slice(at[index], end)))).toEqual(whole);
      }),
    );
  });
});

describe('a CSV header', () => {
  const problems = (text: string): unknown => {
    try {
      csv(text);
    } catch (error) {
      return error instanceof HeaderRefused ? error.problems : error;
    }
    return null;
  };

  it.each([
    [
      'an unknown column',
      'employeeId,salary\n1001,5\n',
      { field: 'salary', detail: expect.stringContaining('column 2 "salary"') },
    ],
    ['a column twice', 'employeeId,email,email\n', { field: 'email', detail: expect.stringContaining('twice') }],
    [
      'no employeeId',
      'familyName\nLovelace\n',
      { field: 'employeeId', detail: expect.stringContaining('is missing in the header') },
    ],
    [
      'semicolons for commas',
      'employeeId;familyName\n1001;Lovelace\n',
      { field: 'employeeId', detail: expect.stringContaining('";": use commas') },
    ],
    [
      'tabs for commas',
      'employeeId\tfamilyName\n1001\tLovelace\n',
      { field: 'employeeId', detail: expect.stringContaining('tabs: use commas') },
    ],
    [
      'UTF-16, read as UTF-8',
      '\ufffd\ufffde\0m\0p\0\n',
      { field: 'employeeId', detail: expect.stringContaining('not text in UTF-8') },
    ],
    ['nothing at all', '', { field: 'employeeId', detail: expect.stringContaining('the file is empty') }],
  ])('with %s refuses the file', (_, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  it('may be quoted and padded', () => {
    expect(csv('"employeeId", familyName\n1001,Lovelace\n')).toEqual([stated(2, '1001', { familyName: 'Lovelace' })]);
  });
});

describe('rows of an NDJSON body', () => {
  const ndjson = (text: string): ImportRow[] => read(new NdjsonRows(), text);

  it('that give a field twice are refused by its name', () => {
    expect(ndjson('{"employeeId":"1001","familyName":"A","familyName":"B"}\n{"employeeId":"1002"}')).toEqual([
      { line: 1, problems: [{ field: 'familyName', detail: 'is given twice: give it once' }] },
      stated(2, '1002', {}),
    ]);
  });

  it('state what each object names; null clears', () => {
    expect(ndjson('{"employeeId":"1001","department":null,"phoneNumbers":["+1"]}\n\n{"employeeId":"1002"}')).toEqual([
      stated(1, '1001', { department: null, phoneNumbers: ['+1'] }),
      stated(3, '1002', {}),
    ]);
  });

  it.each([
    ['that is no JSON', '{"employeeId":', { field: null, detail: 'is not a JSON object' }],
    ['that is a list', '[]', { field: null, detail: 'is not a JSON object' }],
    [
      'with an unknown field',
      '{"employeeId":"1","salary":5}',
      { field: 'salary', detail: expect.stringContaining('"salary"') },
    ],
    [
      'with a name that no database can hold',
      '{"employeeId":"1","a\\u0000\\ud800":5}',
      { field: 'a\ufffd\ufffd', detail: expect.stringContaining('is not a field') },
    ],
    [
      'with an endless name',
      `{"employeeId":"1","${'a'.repeat(99)}\u{1f600}":5}`,
      { field: 'a'.repeat(99), detail: expect.stringContaining('is not a field') },
    ],
    [
      'with half a surrogate pair for employeeId',
      '{"employeeId":"\\ud800"}',
      { field: 'employeeId', detail: expect.stringContaining('must be text') },
    ],
    [
      'without employeeId',
      '{"familyName":"X"}',
      { field: 'employeeId', detail: expect.stringContaining('is missing') },
    ],
    [
      'with a number for employeeId',
      '{"employeeId":1001}',
      { field: 'employeeId', detail: expect.stringContaining('as text') },
    ],
  ])('%s are refused alone', (_, line, problem) => {
    expect(ndjson(`${line}\n{"employeeId":"1002"}\n`)).toEqual([
      { line: 1, problems: [problem] },
      stated(2, '1002', {}),
    ]);
  });
});

describe('a stored piece of an import', () => {
  const row = { line: 1, employeeId: '1001', fields: {} };

  it('is a list of rows that state something or say why not', () => {
    expect(isImportRows([row, { line: 2, problems: [] }])).toBe(true);
  });

  it.each([[{ rows: [row] }], [[row, null]], [[{ ...row, employeeId: 1001 }]], [[{ line: 1 }]], ['[]']])(
    'is not %j',
    (value) => {
      expect(isImportRows(value)).toBe(false);
    },
  );
});
