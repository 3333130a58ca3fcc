import { isAmong } from './attribute-path.js';
import { caseExactIn, pathsIn } from './described-resources.js';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const base = 'https://hr.example/scim/v2/';
const typesAt = (endpoint: unknown): object => ({ Resources: [{ name: 'User', schema: user, endpoint }] });

describe('what an application says of its resources', () => {
  it.each([
    ['/People', '/People'],
    ['People', '/People'],
    ['/People/', '/People'],
    ['/scim/v2/People', '/People'],
    ['https://hr.example/scim/v2/People', '/People'],
    ['https://elsewhere.example/scim/v2/People', null],
    ['https://hr.example/other/People', null],
    ['/People?x=1', null],
    [7, null],
    [undefined, null],
  ])('users at %s are below the base address at %s', (endpoint, path) => {
    expect(pathsIn(typesAt(endpoint), base)).toEqual({ users: path, groups: null });
  });

  it('tells cases apart only where its schemas say so', () => {
    const schemas = [
      {
        id: user,
        attributes: [
          { name: 'nickName', type: 'string', caseExact: true },
          { name: 'title', type: 'string', caseExact: false },
          { name: 'active', type: 'boolean', caseExact: true },
          { name: 'emails', type: 'complex', subAttributes: [{ name: 'value', type: 'string', caseExact: true }] },
        ],
      },
      { id: enterprise, attributes: [{ name: 'employeeNumber', type: 'string', caseExact: true }] },
    ];
    const exact = caseExactIn({ Resources: schemas });
    expect(exact).toEqual(['nickName', 'emails.value', `${enterprise}:employeeNumber`]);
    expect(
      ['nickname', 'emails[type eq "work"].value', `${enterprise}:employeeNumber`].map((path) => isAmong(exact, path)),
    ).toEqual([true, true, true]);
    expect(['title', 'emails[type eq "work"].type', 'employeeNumber'].map((path) => isAmong(exact, path))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('may say nothing', () => {
    expect([pathsIn({}, base), caseExactIn({ Resources: 'none' })]).toEqual([{ users: null, groups: null }, []]);
  });
});
