import type { MappingEntry } from '../accounts/accounts.exports.js';
import { differenceOf, isSameMapping, type MappingTerms } from './mapping-versions.js';

const entry = (target: string, more: Partial<MappingEntry> = {}): MappingEntry => ({
  target,
  type: 'direct',
  source: 'department',
  value: null,
  expression: null,
  default: null,
  onNull: 'clear',
  apply: 'always',
  strength: 'always',
  ...more,
});
const terms = (more: Partial<MappingTerms> = {}): MappingTerms => ({
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  defaultDomain: null,
  sensitive: [],
  matching: null,
  pull: [],
  scope: null,
  ...more,
});

describe('the difference of two mappings', () => {
  it('names each entry that is added, removed or changed, and the fields that differ', () => {
    const before = terms({ mapping: [entry('title'), entry('nickName'), entry('locale')] });
    const after = terms({
      mapping: [entry('title', { source: 'jobTitle', apply: 'create-only' }), entry('locale'), entry('timezone')],
    });
    expect(differenceOf(before, after).entries).toMatchObject([
      {
        target: 'title',
        change: 'changed',
        fields: ['source', 'apply'],
        before: { source: 'department' },
        after: { source: 'jobTitle' },
      },
      { target: 'timezone', change: 'added', fields: [], before: null, after: { target: 'timezone' } },
      { target: 'nickName', change: 'removed', fields: [], before: { target: 'nickName' }, after: null },
    ]);
  });

  it('names each setting that differs', () => {
    expect(differenceOf(terms(), terms({ scope: 'department eq "Sales"', mappingDefaults: false })).settings).toEqual([
      { setting: 'mappingDefaults', before: true, after: false },
      { setting: 'scope', before: null, after: 'department eq "Sales"' },
    ]);
  });

  it('is none where only the order of the entries differs', () => {
    const before = terms({ mapping: [entry('title'), entry('locale')] });
    expect(isSameMapping(differenceOf(before, terms({ mapping: [entry('locale'), entry('title')] })))).toBe(true);
    expect(isSameMapping(differenceOf(before, terms()))).toBe(false);
  });
});
