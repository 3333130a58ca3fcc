import { describe, expect, it } from '@jest/globals';
import { filterOf, suggest } from './suggest.js';
import type { Cell } from './suggestion.js';

const cell = (people: number, attributes: Cell['attributes'], found: string[], held: string[] = found): Cell => ({
  attributes,
  held,
  found,
  people,
});
const engineers = { department: 'Engineering' };
const sellers = { department: 'Sales' };
const none: ReadonlySet<string> = new Set();

describe('suggestions for found access', () => {
  it('propose a rule by the attribute that explains most of it, with its precision and coverage', () => {
    const cells = [
      cell(9, engineers, ['group:Dev']),
      cell(1, engineers, []),
      cell(2, sellers, ['group:Dev']),
      cell(8, sellers, []),
    ];
    expect(suggest(cells, none)).toEqual([
      {
        kind: 'birthright-rule',
        conditions: [{ attribute: 'department', value: 'Engineering' }],
        entitlements: ['group:Dev'],
        people: 10,
        holders: 9,
        explains: 9,
        precision: 0.9,
        coverage: 9 / 11,
      },
    ]);
  });

  it('propose one rule for everybody where everybody has it, and put together what a cohort shares', () => {
    const cells = [cell(10, engineers, ['account', 'group:Dev', 'group:Wiki']), cell(10, sellers, ['account'])];
    const [first, second, ...others] = suggest(cells, none);
    expect([first?.conditions, first?.entitlements, first?.explains]).toEqual([
      [{ attribute: 'department', value: 'Engineering' }],
      ['account', 'group:Dev', 'group:Wiki'],
      30,
    ]);
    expect([second?.conditions, second?.entitlements, second?.explains]).toEqual([[], ['account'], 10]);
    expect(others).toEqual([]);
  });

  it('combine a department with another attribute where neither explains it alone', () => {
    const cells = [
      cell(5, { ...engineers, location: 'Berlin' }, ['group:Lab']),
      cell(5, { ...engineers, location: 'Paris' }, []),
      cell(5, { ...sellers, location: 'Berlin' }, []),
    ];
    expect(suggest(cells, none)).toMatchObject([
      {
        conditions: [
          { attribute: 'department', value: 'Engineering' },
          { attribute: 'location', value: 'Berlin' },
        ],
        precision: 1,
        coverage: 1,
      },
    ]);
  });

  it('count who has it already by other grounds as a holder, and explain only what nobody has certified', () => {
    const cells = [cell(6, engineers, [], ['group:Dev']), cell(4, engineers, ['group:Dev'])];
    expect(suggest(cells, none)).toMatchObject([{ people: 10, holders: 10, explains: 4, precision: 1, coverage: 1 }]);
  });

  it('write values alike that filters take for the same', () => {
    const cells = [cell(2, { department: 'engineering' }, ['group:Dev']), cell(2, engineers, ['group:Dev'])];
    expect(suggest([...cells, cell(9, sellers, [])], none)).toMatchObject([{ people: 4, explains: 4 }]);
  });

  it('propose a package of what the same people hold together, where nothing else is common to them', () => {
    const at = (jobTitle: string) => ({ jobTitle });
    const cells = [
      ...['A', 'B', 'C'].map((one) => cell(1, at(one), ['group:Pay', 'role:Payer'])),
      cell(1, at('D'), ['group:Pay']),
      cell(40, at('E'), []),
    ];
    expect(suggest(cells, none)).toEqual([
      {
        kind: 'access-package',
        conditions: [],
        entitlements: ['group:Pay', 'role:Payer'],
        people: 4,
        holders: 3,
        explains: 6,
        precision: 0.75,
        coverage: 6 / 7,
      },
    ]);
  });

  it('never propose a rule for what is privileged, but a package', () => {
    const cells = [cell(5, engineers, ['group:Root', 'role:Admin'])];
    expect(suggest(cells, new Set(['group:Root', 'role:Admin']))).toMatchObject([
      { kind: 'access-package', explains: 10 },
    ]);
  });

  it('see no pattern in fewer than three people, and none where it would reach more others', () => {
    expect(suggest([cell(2, engineers, ['group:Dev'])], none)).toEqual([]);
    expect(suggest([cell(4, engineers, ['group:Dev']), cell(6, engineers, [])], none)).toEqual([]);
  });

  it('are the same for the same access, whatever its order', () => {
    const cells = [cell(5, engineers, ['group:A', 'group:B']), cell(5, sellers, ['group:C'])];
    expect(suggest(cells.toReversed(), none)).toEqual(suggest(cells, none));
  });
});

describe('the filter of a suggested rule', () => {
  it('names each value, and matches everybody where there is none', () => {
    expect(filterOf([])).toBe('id pr');
    expect(
      filterOf([
        { attribute: 'department', value: 'R&D "Labs"' },
        { attribute: 'country', value: 'DE' },
      ]),
    ).toBe('department eq "R&D \\"Labs\\"" and country eq "DE"');
  });
});
