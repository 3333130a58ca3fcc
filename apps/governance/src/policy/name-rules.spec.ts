import { identityKeys } from '../identities/identities.exports.js';
import { NameRules, patternProblem } from './name-rules.js';

const worker = { employeeId: '7', givenName: 'Ada', familyName: 'Byron', hireDate: '2026-03-02' };

describe('a rule for user names', () => {
  it.each([
    ['Join(".", [givenName], [surname])', null],
    ['[custom.nick] & [employeeId]', null],
    ['Joinn([givenName])', 'at 0: there is no function Joinn; write Join'],
    ['ToLower([userName])', 'at 8: reads [userName], which HR does not state'],
    ['SelectUniqueValue([givenName], [familyName])', 'the hub adds a number'],
    ['[givenName] & Guid()', 'uses Guid'],
    ['"user"', 'is the same for everybody'],
  ])('is checked when it is stated: %s', (pattern, problem) => {
    const found = patternProblem(pattern);
    expect(problem === null ? found : found?.includes(problem)).toBe(problem === null ? null : true);
  });

  const rules = new NameRules(
    [
      { displayName: 'C', filter: 'employmentType eq "contractor"', pattern: '"x-" & [familyName]' },
      { displayName: 'D', filter: 'custom.nick pr', pattern: '[custom.nick]' },
      { displayName: 'E', filter: 'location eq "Bern"', pattern: 'Item([division], 2)' },
    ],
    identityKeys,
  );
  it('holds for whom its filter matches, the first one first', () => {
    const contractor = { ...worker, employmentType: 'Contractor', custom: { nick: 'countess' } };
    expect(rules.nameOf(contractor)).toBe('x-Byron');
    expect(rules.nameOf({ ...worker, custom: { nick: 'countess' } })).toBe('countess');
    expect(rules.nameOf(worker)).toBeNull();
  });
  it('gives nothing where no value can be made: the name is made as without it', () => {
    expect(rules.nameOf({ ...worker, location: 'Bern' })).toBeNull();
  });
});
