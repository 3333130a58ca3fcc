import { equalAt } from './attribute-path.js';

describe('the filter for what has a value at a path', () => {
  it.each([
    ['userName', 'ada', 'userName eq "ada"'],
    ['name.familyName', 'O"Hara', 'name.familyName eq "O\\"Hara"'],
    ['emails[type eq "work"].value', 'a@x', 'emails[type eq "work" and value eq "a@x"]'],
    ['urn:x:2.0:User:employeeNumber', '7', 'urn:x:2.0:User:employeeNumber eq "7"'],
  ])('%s', (path, value, filter) => {
    expect(equalAt(path, value)).toBe(filter);
  });
});
