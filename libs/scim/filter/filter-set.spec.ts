import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FilterSet } from './filter-set.js';
import { matches } from './matches.js';
import { parseFilter } from './parse.js';

const schema = { caseExact: new Set(['employeeid']) };
const texts = [
  'department eq "Sales"',
  'Department eq "sales "',
  'department eq "Sales" and location eq "Paris"',
  'location pr and department eq "Legal"',
  'department eq "Sales" or department eq "Legal"',
  'department eq "Sales" or location pr',
  'not (department eq "Sales")',
  'department ne "Sales"',
  'department sw "Sa"',
  'department eq null',
  'employeeId eq "a1"',
  'employeeId eq "A1"',
  'external eq "True"',
  'external eq true',
  'custom.site eq "Paris"',
  'emails[type eq "work"]',
  'emails.type eq "work"',
  'tags eq "x" and tags eq "y"',
];
const filters = texts.map((text) => ({ filter: parseFilter(text), value: text }));

const text = fc.constantFrom(
  'Sales',
  'SALES',
  'Legal',
  'Paris',
  'a1',
  'A1',
  'x',
  'y',
  'work',
  'true',
  '',
  'Sa\u00adles',
);
const resources = fc.record(
  {
    department: fc.oneof(text, fc.array(text), fc.record({ value: text })),
    Department: text,
    location: text,
    employeeId: fc.oneof(text, fc.array(text)),
    external: fc.oneof(fc.boolean(), text),
    custom: fc.record({ site: text }),
    emails: fc.array(fc.record({ type: text })),
    tags: fc.array(text),
  },
  { requiredKeys: [] },
);

describe('a set of filters', () => {
  it('finds those that a resource fulfils, as each filter says by itself, in their order', () => {
    const set = new FilterSet(filters, schema);
    fc.assert(
      fc.property(resources, (resource) => {
        const each = filters.filter(({ filter }) => matches(filter, resource, schema)).map(({ value }) => value);
        expect(set.matching(resource)).toEqual(each);
      }),
      { numRuns: 500 },
    );
  });

  it('tries no filter on a resource that lacks the text which the filter needs', () => {
    let read = 0;
    const resource = {
      department: 'Sales',
      get location(): string {
        read += 1;
        return 'Paris';
      },
    };
    const many = Array.from({ length: 200 }, (_, n) => `department eq "Department ${n}" and location eq "Paris"`);
    const set = new FilterSet(
      [...many, 'department eq "Sales" and location eq "Paris"'].map((one) => ({
        filter: parseFilter(one),
        value: one,
      })),
      schema,
    );
    expect([set.matching(resource).length, read]).toEqual([1, 1]);
  });
});
