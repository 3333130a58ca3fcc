import type { MappingEntry } from './mapping-rules.js';

/** An entry of a mapping, with its defaults. */
export const mappingEntry = (more: Partial<MappingEntry>): MappingEntry => ({
  target: 'nickName',
  type: 'expression',
  source: null,
  value: null,
  expression: null,
  default: null,
  onNull: 'clear',
  apply: 'always',
  strength: 'always',
  ...more,
});
