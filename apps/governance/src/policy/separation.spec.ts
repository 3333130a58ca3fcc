import { Separation, type SeparationRule } from './separation.js';

const grants = {
  payer: [{ application: 'bank', role: 'Payer' }],
  checker: [{ application: 'bank', group: 'Checkers' }],
  clerk: [{ application: 'ledger', account: true as const }],
  cover: [{ application: 'bank', group: 'Insured' }],
  both: [
    { application: 'bank', role: 'Payer' },
    { application: 'bank', group: 'Checkers' },
  ],
} as const;
const rule = (more: Partial<SeparationRule> = {}): SeparationRule => ({
  displayName: 'Payments',
  left: [{ application: 'bank', role: 'Payer' }],
  right: [{ application: 'bank', group: 'Checkers' }, 'clerk'],
  mode: 'prevent',
  compensatingControls: [],
  owners: [],
  dueIn: 'P30D',
  ...more,
});
const separation = (more: Partial<SeparationRule> = {}, incompatibleWith: readonly string[] = []): Separation =>
  Separation.of(
    [{ id: 'payments', document: rule(more) }],
    [{ id: 'cover', displayName: 'Cover', incompatibleWith, owners: [] }],
    (id) => [id, ...grants[id as keyof typeof grants]],
  );
const none = new Set<string>();
const excluding = (one: Separation, packageId: string, others: readonly string[], excepted = none) =>
  one.conflictsOf(packageId, others, excepted).map(({ rule: id, packages }) => [id, ...packages]);

describe('a rule of separation of duties', () => {
  it('excludes an entitlement of one side from a package or entitlement of the other, over applications and both ways', () => {
    expect(excluding(separation(), 'payer', ['checker'])).toEqual([['payments', 'checker', 'payer']]);
    expect(excluding(separation(), 'checker', ['payer'])).toEqual([['payments', 'checker', 'payer']]);
    expect(excluding(separation(), 'clerk', ['payer'])).toEqual([['payments', 'clerk', 'payer']]);
    expect(excluding(separation(), 'clerk', ['checker'])).toEqual([]);
  });
  it('counts a further package of a side that is violated already, and none that has nothing to do with it', () => {
    expect(excluding(separation(), 'clerk', ['payer', 'checker'])).toHaveLength(1);
    expect(excluding(separation(), 'cover', ['payer', 'checker'])).toEqual([]);
  });
  it('is kept by who has a compensating control, and violated again without it', () => {
    const controlled = separation({ compensatingControls: ['cover'] });
    expect(excluding(controlled, 'payer', ['checker', 'cover'])).toEqual([]);
    expect(excluding(controlled, 'payer', ['checker'])).toHaveLength(1);
  });
  it('may require a control of who has one side alone', () => {
    const controlled = separation({ right: [], compensatingControls: [{ application: 'bank', group: 'Insured' }] });
    expect(excluding(controlled, 'payer', [])).toEqual([['payments', 'payer']]);
    expect(excluding(controlled, 'payer', ['cover'])).toEqual([]);
  });
  it('prevents nothing for who has an exception, or where it only detects', () => {
    expect(excluding(separation(), 'payer', ['checker'], new Set(['payments']))).toEqual([]);
    const detecting = separation({ mode: 'detect' });
    expect(excluding(detecting, 'payer', ['checker'])).toEqual([]);
    expect(detecting.among(['payer', 'checker'])).toHaveLength(1);
  });
  it('is made by a package that names others, under the name of the package', () => {
    const incompatible = separation({}, ['clerk']);
    expect(excluding(incompatible, 'cover', ['clerk'])).toEqual([['package:cover', 'clerk', 'cover']]);
    expect(excluding(incompatible, 'clerk', ['cover'])).toEqual([['package:cover', 'clerk', 'cover']]);
    expect(excluding(separation({}, ['cover']), 'cover', [])).toEqual([]);
  });
  it('knows a package that it separates from itself', () => {
    expect(separation().onBothSides(rule(), ['payer', 'both'])).toEqual(['both']);
    expect(excluding(separation(), 'both', [])).toEqual([['payments', 'both']]);
  });
});
