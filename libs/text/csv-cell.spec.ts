import { csvCell } from './csv-cell.js';

describe('a CSV cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['-x', "'-x"],
    ['@a', "'@a"],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['plain', 'plain'],
  ])('%s becomes %s', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
