import { isDeepStrictEqual } from 'node:util';
import { EvaluationError } from '#libs/mapping/expression.js';
import { pointerTo, type ProblemError } from '#libs/problems/problem.js';
import {
  isMappingSource,
  isNothing,
  leftAsIs,
  type MappingEntry,
  mappingOf,
  mappingSources,
  ownName,
} from '../accounts/accounts.exports.js';

/** An invented person, and what the mapping must give for them. */
export interface MappingTest {
  readonly name: string;
  /** Attributes of the identity, by the names of mapping sources. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** By target; null where nothing is to be written. Targets that are not named may have any value. */
  readonly expect: Readonly<Record<string, unknown>>;
  /** Instant for expressions that ask for the time; ISO 8601. */
  readonly now: string;
}

/** What is tested of a connector document, beside the entries. */
interface TestedTerms {
  readonly mappingDefaults: boolean;
  readonly mappingTests: readonly MappingTest[];
  readonly defaultDomain: string | null;
}

/** Tests that a mapping fails, with what it gives instead. */
export function failedTests(
  entries: readonly MappingEntry[],
  { mappingDefaults, mappingTests, defaultDomain }: TestedTerms,
): ProblemError[] {
  const mapping = mappingOf(entries, mappingDefaults, { defaultDomain });
  return mappingTests.flatMap(({ name, attributes, expect, now }, index) => {
    const given = new Map(
      mapping.results(byOwnName(attributes), { now, seed: name }).map(({ rule: { target }, found }) => [target, found]),
    );
    const unknown = Object.keys(attributes)
      .filter((attribute) => !isMappingSource(attribute) && attribute !== 'custom')
      .map((attribute) => ({
        pointer: pointerTo(`/mappingTests/${index}/attributes`, attribute),
        detail: `is no attribute of an identity: give some of ${mappingSources.join(', ')} or custom`,
      }));
    const failed = Object.entries(expect).flatMap(([target, expected]) => {
      const detail = given.has(target) ? difference(given.get(target), expected) : 'is no target of the mapping';
      return detail === null ? [] : [{ pointer: pointerTo(`/mappingTests/${index}/expect`, target), detail }];
    });
    return [...unknown, ...failed];
  });
}

/** An identity from attributes that may have Entra's names, or be written as `custom.NAME`. */
function byOwnName(attributes: MappingTest['attributes']): Record<string, unknown> {
  const custom: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const [own = '', part] = ownName(name).split('.', 2);
    if (part !== undefined) custom[part] = value;
    else if (own === 'custom') Object.assign(custom, value);
    else others[own] = value;
  }
  return { ...others, custom };
}

function difference(found: unknown, expected: unknown): string | null {
  if (found instanceof EvaluationError) return `the mapping gives no value: ${found.message}`;
  const value = found === leftAsIs || isNothing(found) ? null : found;
  return isDeepStrictEqual(value, expected ?? null) ? null : `the mapping gives ${JSON.stringify(value)}`;
}
