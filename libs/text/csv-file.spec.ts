import { csvFileOf } from './csv-file.js';

describe('a CSV file', () => {
  it('has the values of each record, by the line on which it begins', () => {
    expect(csvFileOf('\uFEFFid,note\r\n1,"two\nlines, and a ""quote"""\r\n\r\n2,short')).toEqual({
      columns: ['id', 'note'],
      rows: [
        { line: 2, cells: ['1', 'two\nlines, and a "quote"'] },
        { line: 5, cells: ['2', 'short'] },
      ],
    });
  });

  it('loses one line to a quote that is never closed, and not the rest', () => {
    expect(csvFileOf('id,note\n1,"open\n2,fine\n3,fine\n').rows).toEqual([
      { line: 2, cells: null },
      { line: 3, cells: ['2', 'fine'] },
      { line: 4, cells: ['3', 'fine'] },
    ]);
  });

  it('loses a last line without an end, that would fill the memory', () => {
    expect(csvFileOf(`id\n1\n${'x'.repeat(1_100_000)}`).rows).toEqual([
      { line: 2, cells: ['1'] },
      { line: 3, cells: null },
    ]);
  });

  it('has no columns where it is empty, or begins with what is not CSV', () => {
    expect([csvFileOf('').columns, csvFileOf('a"b,c\n1,2').columns]).toEqual([null, null]);
  });
});
