import type { AccountFile } from '../connectors/connectors.exports.js';
import { readList, statedTwice } from './listed-accounts.js';

const file: AccountFile = {
  account: 'Login',
  userName: 'Login',
  externalId: null,
  active: { column: 'Status', values: ['active', 'on leave'] },
  groups: 'Groups',
  roles: null,
  separator: ';',
  attributes: { displayName: 'Name' },
  freshFor: 'P35D',
};
const header = 'Name,Login,Status,Groups,Remark';
const read = (...lines: readonly string[]) => readList([header, ...lines].join('\r\n'), file);

describe('a list of accounts', () => {
  it('is read as the document maps its columns, and other columns are left out', () => {
    expect(read('"Lovelace, Ada",ada,ON LEAVE,Tower; Vault;;Tower,x')).toEqual({
      accounts: [
        {
          line: 2,
          id: 'ada',
          userName: 'ada',
          externalId: null,
          active: true,
          attributes: { displayName: 'Lovelace, Ada' },
          groups: ['Tower', 'Vault'],
          roles: null,
        },
      ],
      rejections: [],
    });
  });

  it('says which lines are wrong, and takes the others', () => {
    expect(read('A,ada,gone,,', 'B,,active,,', 'C,carl', 'D,"dan,active,,')).toMatchObject({
      accounts: [{ id: 'ada', active: false, groups: [] }],
      rejections: [
        { line: 3, column: 'Login', detail: expect.stringContaining('is missing') },
        { line: 4, column: null, detail: 'has 2 values for 5 columns' },
        { line: 5, column: null },
      ],
    });
  });

  it('without a column that the document names is no list', () => {
    expect(readList('Name,Status\nAda,active\n', file)).toMatch('column Login, Login, Groups is missing');
    expect(readList('', file)).toMatch('the file is empty');
  });

  it('that states one account twice names both lines', () => {
    const { accounts } = read('A,ada,active,,', 'B,bob,active,,', 'C,ada,active,,') as Exclude<
      ReturnType<typeof read>,
      string
    >;
    expect(statedTwice(accounts, 'Login')).toEqual([
      { line: 4, column: 'Login', detail: 'is in line 2, too: state each account once' },
    ]);
  });
});
