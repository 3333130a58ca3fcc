import { choiceFunctions } from './choices.js';
import { dateFunctions } from './dates.js';
import type { MappingFunction } from './function.js';
import { listFunctions } from './lists.js';
import { numberFunctions } from './numbers.js';
import { replaceFunctions } from './replace.js';
import { testFunctions } from './tests.js';
import { textFunctions } from './texts.js';

/** Every function by its name. Names are exact: case counts. */
export const functions: ReadonlyMap<string, MappingFunction> = new Map(
  Object.entries({
    ...textFunctions,
    ...replaceFunctions,
    ...testFunctions,
    ...choiceFunctions,
    ...listFunctions,
    ...numberFunctions,
    ...dateFunctions,
  }),
);

/** Bare words that are values. */
export const words: ReadonlyMap<string, boolean | string> = new Map<string, boolean | string>([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
  ['vbTextCompare', 'vbTextCompare'],
  ['vbBinaryCompare', 'vbBinaryCompare'],
  ['CaseSensitive', 'CaseSensitive'],
  ['CaseInsensitive', 'CaseInsensitive'],
]);
