import { answersIn } from './answers-csv.input.js';

const id = '0198c0de-0000-5000-8000-0000000000d2';

describe('a file of answers', () => {
  it('is items.csv with the decisions filled in; other columns and undecided rows are left alone', () => {
    const text = `itemId,displayName,decision,until,comment\r\n${id},"Lovelace, Ada",revoke,,"Has\nmoved"\r\n${id},x,,,\r\n`;
    expect(answersIn(text)).toEqual([
      { line: 2, itemId: id, answer: { itemId: id, decision: 'revoke', comment: 'Has\nmoved' }, problem: null },
      { line: 4, itemId: id, answer: null, problem: null },
    ]);
  });

  it('says of each row that cannot be read why, and reads the others', () => {
    const rows = [
      'x,keep,,',
      `${id},maybe,,`,
      `${id},shorten,tomorrow,`,
      `${id},shorten,2026-04-01T00:00:00+02:00,`,
      `${id},keep`,
      `${id},keep,,"`,
      `${id},KEEP,,${'x'.repeat(2001)}`,
    ];
    const read = answersIn(`itemId,decision,until,comment\n${rows.join('\n')}`);
    expect(read.map(({ answer, problem }) => answer ?? problem)).toEqual([
      expect.stringContaining('itemId'),
      expect.stringContaining('decision must be'),
      expect.stringContaining('until must be'),
      { itemId: id, decision: 'shorten', until: '2026-03-31T22:00:00.000Z', comment: null },
      expect.stringContaining('as many values'),
      expect.stringContaining('as many values'),
      expect.stringContaining('2000'),
    ]);
  });

  it('is refused whole without its columns', () => {
    for (const text of ['', 'decision\nkeep', 'itemId;decision\nx;keep'])
      expect(() => answersIn(text)).toThrow(/the header has no column itemId/);
  });
});
