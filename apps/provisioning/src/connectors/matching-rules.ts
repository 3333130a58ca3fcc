import type { ProblemError } from '#libs/problems/problem.js';
import {
  heldSources,
  isMappingSource,
  type MappingEntry,
  mappingOf,
  mappingSources,
  type MatchingRule,
  ownName,
  sensitiveSources,
  uniqueFunction,
} from '../accounts/accounts.exports.js';
import { isWritablePath, pathKey } from '../targets/targets.exports.js';
import { coreSchemaProblem } from './core-schema.js';
import type { MatchingRuleDto } from './mapping.dto.js';

/** What says nothing about whose an account is. */
const nobodys = new Set(['active', 'schemas', 'meta', 'groups']);
/** Sources that hold several values, or none of a person. */
const lists: ReadonlySet<string> = new Set([...heldSources, 'phoneNumbers', 'addresses', 'manager']);

/** The rules in their order; null where none are stated. */
export function matchingRulesOf(stated: readonly MatchingRuleDto[] | null | undefined): MatchingRule[] | null {
  if (stated === undefined || stated === null || stated.length === 0) return null;
  return stated
    .map(({ target, source, precedence }, index) => ({ target, source, precedence: precedence ?? index + 1 }))
    .sort((one, other) => one.precedence - other.precedence);
}

/** What is wrong with stated rules. */
export function matchingProblems(
  stated: readonly MatchingRuleDto[] | null | undefined,
  sensitive: readonly string[],
): ProblemError[] {
  return (stated ?? []).flatMap((rule, index) => {
    const before = (stated ?? []).slice(0, index);
    return [...targetFaults(rule), ...sourceFaults(rule, sensitive), ...orderFaults(rule, before, index)].map(
      ([field, detail]) => ({ pointer: `/matching/${index}/${field}`, detail }),
    );
  });
}

/** What a mapping chooses for a new account says nothing about one that is there. */
export function chosenProblems(
  entries: readonly MappingEntry[],
  stated: readonly MatchingRuleDto[] | null | undefined,
): ProblemError[] {
  const chosen = mappingOf(entries, false)
    .lines.filter(({ isChosen }) => isChosen)
    .map(({ target }) => pathKey(target));
  return (stated ?? []).flatMap(({ target }, index) =>
    chosen.includes(pathKey(target))
      ? [
          {
            pointer: `/matching/${index}/target`,
            detail: `gets its value from ${uniqueFunction}: match by another one`,
          },
        ]
      : [],
  );
}

type Fault = readonly [field: keyof MatchingRuleDto, detail: string];

function targetFaults({ target }: MatchingRuleDto): Fault[] {
  if (!isWritablePath(target)) return [['target', 'is not an attribute path that can be searched for']];
  const ofCore = coreSchemaProblem(target);
  if (ofCore !== null) return [['target', ofCore]];
  return nobodys.has(pathKey(target)) ? [['target', 'does not say whose an account is: give another attribute']] : [];
}

function sourceFaults({ source }: MatchingRuleDto, named: readonly string[]): Fault[] {
  const name = ownName(source);
  if (!isMappingSource(source) || lists.has(name)) {
    const single = mappingSources.filter((one) => !lists.has(one)).join(', ');
    return [['source', `is no single attribute of an identity: give one of ${single} or custom.NAME`]];
  }
  if (!sensitiveSources.has(name) || named.includes(name)) return [];
  return [['source', `is ${name}, which is sensitive: name it in sensitive, or leave it out`]];
}

function orderFaults(rule: MatchingRuleDto, before: readonly MatchingRuleDto[], index: number): Fault[] {
  const precedence = rule.precedence ?? index + 1;
  const same = before.some((one, position) => (one.precedence ?? position + 1) === precedence);
  const twice = before.some(
    (one) => pathKey(one.target) === pathKey(rule.target) && ownName(one.source) === ownName(rule.source),
  );
  return [
    ...(same ? [['precedence', `is ${precedence}, as of another rule: give each its own`] as const] : []),
    ...(twice ? [['target', 'and source are those of another rule: keep one of them'] as const] : []),
  ];
}
