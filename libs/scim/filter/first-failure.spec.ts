import { filterText, firstFailure } from './first-failure.js';
import { parseFilter } from './parse.js';

const ada = { department: 'Sales', country: 'DE', phoneNumbers: ['1', '2'] };
const failure = (text: string, resource: object = ada) => firstFailure(parseFilter(text), resource);

describe('why a filter is not fulfilled', () => {
  it('is null for one that is', () => {
    expect(failure('department eq "sales" and country pr')).toBeNull();
  });
  it('is the first condition that fails, and what it saw', () => {
    expect(failure('country eq "DE" and (department eq "Engineering" and jobTitle pr)')).toEqual({
      condition: 'department eq "Engineering"',
      attribute: 'department',
      saw: 'Sales',
    });
    expect(failure('jobTitle pr')).toEqual({ condition: 'jobTitle pr', attribute: 'jobTitle', saw: null });
    expect(failure('phoneNumbers eq "3"')).toMatchObject({ saw: ['1', '2'] });
    expect(failure('not (country eq "DE")')).toEqual({
      condition: 'not (country eq "DE")',
      attribute: 'country',
      saw: 'DE',
    });
  });
  it('of alternatives is all of them', () => {
    expect(failure('department eq "A" or department eq "B"')).toEqual({
      condition: 'department eq "A" or department eq "B"',
      attribute: 'department',
      saw: 'Sales',
    });
    expect(failure('department eq "A" or country eq "FR"')).toMatchObject({
      attribute: null,
      saw: { department: 'Sales', country: 'DE' },
    });
  });
});

describe('a filter as text', () => {
  it.each([
    'a eq "x" and (b pr or c ne null)',
    'a eq "x" and b pr or c gt 5',
    'not (a co "\\"q\\"") and emails[type eq "work" and value ew "@x"]',
  ])('means the same: %s', (text) => {
    expect(filterText(parseFilter(text))).toBe(text);
  });
});
