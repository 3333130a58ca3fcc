import { rowsIn } from './bulk-rows.input.js';

const id = '0198c0de-0000-5000-8000-0000000000d2';

describe('a file of people and packages', () => {
  it('names each person by number or id, with an end of their own where one is given', () => {
    expect(rowsIn(`employeeId,packageId,endsAt\n1001,editors,2026-04-01T00:00:00+02:00\n"1002",editors,\n`)).toEqual([
      {
        ...{ line: 2, identityId: null, employeeId: '1001', packageId: 'editors' },
        ...{ endsAt: '2026-03-31T22:00:00.000Z', problem: null },
      },
      { line: 3, identityId: null, employeeId: '1002', packageId: 'editors', endsAt: null, problem: null },
    ]);
    expect(rowsIn(`packageId,identityId\neditors,${id.toUpperCase()}`)).toMatchObject([
      { identityId: id, problem: null },
    ]);
  });

  it('says of each row that cannot be read why, and reads the others', () => {
    const rows = ['1001,Editors,', ',editors,', '1001,editors,soon', '1001,editors', '1001,editors,'];
    expect(rowsIn(`employeeId,packageId,endsAt\n${rows.join('\n')}`).map(({ problem }) => problem)).toEqual([
      expect.stringContaining('packageId must be'),
      expect.stringContaining('names nobody'),
      expect.stringContaining('endsAt must be'),
      expect.stringContaining('as many values'),
      null,
    ]);
    expect(rowsIn('identityId,packageId\nx,editors')).toMatchObject([{ problem: expect.stringContaining('UUID') }]);
  });

  it('is refused whole for its header', () => {
    for (const [header, said] of [
      ['employeeId', 'packageId'],
      ['packageId', 'employeeId or identityId'],
      ['packageId,employeeId,salary', 'salary'],
      ['', 'packageId'],
    ] as const)
      expect(() => rowsIn(header)).toThrow(said);
  });
});
