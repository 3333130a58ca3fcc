import { mappingEntry } from './mapping.fixtures.js';
import { mappingOf, type MappingEntry } from './mapping-rules.js';

const entry = mappingEntry;
const occasion = { now: '2026-03-02T10:00:00.000Z', seed: 'ada 1.1' };
const applied = (one: MappingEntry, attributes: object, defaultDomain: string | null = null) =>
  mappingOf([one], false, { defaultDomain }).apply(attributes as Readonly<Record<string, unknown>>, occasion);

describe('SelectUniqueValue in a mapping', () => {
  const chosen = (expression: string, more: Partial<MappingEntry> = {}): MappingEntry =>
    entry({ expression, apply: 'create-only', ...more });

  it('names each value that the target may get, best first and each once', () => {
    const rules = chosen('SelectUniqueValue([givenName], ToUpper([givenName]), [custom.x], [familyName])');
    const { unique, initial, fault } = applied(rules, { givenName: 'Ada', familyName: 'Byron' });
    expect(unique).toEqual([{ target: 'nickName', candidates: ['Ada', 'Byron'] }]);
    expect([initial, fault]).toEqual([{}, null]);
  });

  it('gives the default where no rule has a value, and nothing without one', () => {
    const rules = chosen('SelectUniqueValue([givenName], [familyName])');
    expect(applied(rules, {})).toMatchObject({ unique: [], initial: {}, fault: null });
    expect(applied({ ...rules, default: 'none' }, {})).toMatchObject({ unique: [], initial: { nickName: 'none' } });
  });

  it('has the domain of the connector', () => {
    const rules = chosen('SelectUniqueValue([givenName] & "@" & DefaultDomain(), [familyName])');
    expect(applied(rules, { givenName: 'ada' }, 'corp.example').unique).toMatchObject([
      { candidates: ['ada@corp.example'] },
    ]);
  });

  it('fails for a person whose values cannot be made', () => {
    const rules = chosen('SelectUniqueValue(Item(Split([givenName], " "), 5), [familyName])');
    expect(applied(rules, { givenName: 'Ada' })).toMatchObject({
      unique: [],
      fault: expect.stringContaining('nickName: '),
    });
  });
});

describe('the strength of an entry', () => {
  const direct = entry({ type: 'direct', source: 'preferredName', strength: 'only-if-empty' });

  it('only-if-empty gives a value where the application has none, and never clears', () => {
    expect(applied(direct, { preferredName: 'Ada' })).toMatchObject({ always: {}, ifEmpty: { nickName: 'Ada' } });
    expect(applied(direct, {})).toMatchObject({ always: {}, ifEmpty: {} });
  });

  it('always writes and clears', () => {
    const always = entry({ ...direct, strength: 'always' });
    expect(applied(always, {})).toMatchObject({ always: { nickName: null }, ifEmpty: {} });
  });
});
