import { currentRows } from './current-rows.js';

interface Row {
  readonly id: string;
  readonly fold: number | null;
}

/** Rows that a stream's fold 2 writes when they are rewritten. */
function tableOf(...rows: Row[]) {
  const rewritten: string[][] = [];
  let reads = 0;
  return {
    rewritten,
    reads: () => reads,
    read: () => {
      reads += 1;
      return Promise.resolve(rows.map((row) => (rewritten.flat().includes(row.id) ? { ...row, fold: 2 } : row)));
    },
    shown: {
      streams: { fold: 2, rewrite: (ids: readonly string[]) => Promise.resolve(void rewritten.push([...ids])) },
      shownBy: (row: Row) => [row],
    },
  };
}

describe('rows of a read model', () => {
  it('are read once when the fold of today wrote all of them', async () => {
    const table = tableOf({ id: 'a', fold: 2 }, { id: 'b', fold: null });
    expect(await currentRows(table.read, table.shown)).toHaveLength(2);
    expect([table.reads(), table.rewritten]).toEqual([1, []]);
  });

  it('that another fold wrote, older or newer, are written again from their streams, each once, and read again', async () => {
    const table = tableOf({ id: 'a', fold: 1 }, { id: 'a', fold: 1 }, { id: 'b', fold: 2 }, { id: 'c', fold: 3 });
    const rows = await currentRows(table.read, table.shown);
    expect(rows.map(({ fold }) => fold)).toEqual([2, 2, 2, 2]);
    expect([table.reads(), table.rewritten]).toEqual([2, [['a', 'c']]]);
  });
});
