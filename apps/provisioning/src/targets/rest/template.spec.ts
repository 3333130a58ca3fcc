import { described } from '../../../../../test/targets/contract/subjects.js';
import { compileTemplate } from './template.js';

const sources = { 'account.id': 'a/b c', 'role.id': 7 };
const known = Object.keys(sources);

describe('a template', () => {
  it('is a text where it has no expression', () => {
    expect(compileTemplate('/roles', known).text({})).toBe('/roles');
  });

  it('writes each value as one part of a path', () => {
    const path = compileTemplate('/users/{{[account.id]}}/roles/{{[role.id]}}', known);
    expect(path.text(sources, encodeURIComponent)).toBe('/users/a%2Fb%20c/roles/7');
  });

  it('keeps the type of a value that stands alone', () => {
    expect(compileTemplate('{{[role.id]}}', known).value(sources)).toBe(7);
    expect(compileTemplate('role {{[role.id]}}', known).value(sources)).toBe('role 7');
  });

  it('evaluates functions', () => {
    expect(compileTemplate('{{ToUpper([account.id])}}!', known).text(sources)).toBe('A/B C!');
  });

  it('escapes what ends a text in the queries of Salesforce', () => {
    const { accounts } = described('salesforce', 'https://a.example') as {
      readonly accounts: { readonly find: readonly { readonly by: string; readonly path: string }[] };
    };
    const { path = '' } = accounts.find.find(({ by }) => by === 'userName') ?? {};
    const query = compileTemplate(path, ['userName']).text({ userName: "o'hara\\' OR Id!='" });
    expect(query.slice(query.indexOf('WHERE'))).toBe("WHERE+Username='o\\'hara\\\\\\' OR Id!=\\''");
  });
});
