import { FilterError } from '#libs/scim/filter/filter.js';
import { ExpressionError } from '#libs/mapping/expression.js';
import { compileExpression } from '#libs/mapping/mapping-expression.js';
import type { ProblemError } from '#libs/problems/problem.js';
import {
  isMappingSource,
  Mapping,
  type MappingEntry,
  mappingOf,
  mappingSources,
  parseScope,
  sensitiveSources,
  uniqueFunction,
} from '../accounts/accounts.exports.js';
import { coreSchemaProblem } from './core-schema.js';
import type { ConnectorDocument } from './connector-document.js';
import { isWritablePath, pathKey } from '../targets/targets.exports.js';
import type { MappingEntryDto } from './mapping.dto.js';

/** Attributes that the hub sets itself. A mapping of these would be ignored or break the account. */
const ownTargets = new Set(['externalid', 'active', 'id', 'schemas', 'meta', 'groups']);

/** What an administrator stated as `mapping`, with defaults filled in, or everything that is wrong with it. */
export function mappingEntriesOf(
  stated: readonly MappingEntryDto[],
  terms: Pick<ConnectorDocument, 'mappingDefaults' | 'sensitive' | 'defaultDomain'>,
): { entries: MappingEntry[]; problems: ProblemError[] } {
  const problems = stated.flatMap((entry, index) => [
    ...problemsOf(entry, stated.slice(0, index), terms).map(([field, detail]) => ({
      pointer: `/mapping/${index}/${field}`,
      detail,
    })),
  ]);
  if (problems.length > 0) return { entries: [], problems };
  const entries = stated.map(entryOf);
  return { entries, problems: sensitiveProblems(entries, terms.sensitive) };
}

function sensitiveProblems(entries: readonly MappingEntry[], named: readonly string[]): ProblemError[] {
  return mappingOf(entries, false).lines.flatMap(({ sources }, index) =>
    sources
      .filter((source) => sensitiveSources.has(source) && !named.includes(source))
      .map((source) => ({
        pointer: `/mapping/${index}/${entries[index]?.type === 'direct' ? 'source' : 'expression'}`,
        detail: `reads ${source}, which is sensitive: name it in sensitive, or leave it out`,
      })),
  );
}

function entryOf({
  target,
  type,
  source,
  value,
  expression,
  default: otherwise,
  onNull,
  apply,
  strength,
}: MappingEntryDto): MappingEntry {
  return {
    target,
    type,
    source: source ?? null,
    value: value ?? null,
    expression: expression ?? null,
    default: otherwise ?? null,
    onNull: onNull ?? 'clear',
    apply: apply ?? 'always',
    strength: strength ?? 'always',
  };
}

/** What is wrong with a scope, where one is stated. */
export function scopeProblems(scope: string | null | undefined): ProblemError[] {
  try {
    if (scope !== undefined && scope !== null) parseScope(scope);
    return [];
  } catch (error) {
    if (error instanceof FilterError) return [{ pointer: '/scope', detail: error.message }];
    throw error;
  }
}

type Fault = readonly [field: keyof MappingEntryDto, detail: string];

function problemsOf(
  entry: MappingEntryDto,
  before: readonly MappingEntryDto[],
  { mappingDefaults, defaultDomain }: Pick<ConnectorDocument, 'mappingDefaults' | 'defaultDomain'>,
): Fault[] {
  const { target, type } = entry;
  const others = [...new Mapping([], mappingDefaults).targets, ...before.map((one) => one.target)];
  return [...targetFaults(target, before, others), ...faultsOf[type](entry, defaultDomain), ...strayFaults(entry)];
}

const noPath =
  'is not an attribute path that can be written: give for example title, name.givenName, emails[type eq "work"].value or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department';

function targetFaults(target: string, before: readonly MappingEntryDto[], others: readonly string[]): Fault[] {
  const name = pathKey(target);
  if (!isWritablePath(target)) return [['target', noPath]];
  const ofCore = coreSchemaProblem(target);
  if (ofCore !== null) return [['target', ofCore]];
  if (ownTargets.has(name)) return [['target', 'is set by the hub itself: leave it out']];
  if (before.some((one) => pathKey(one.target) === name))
    return [['target', 'is mapped twice: keep one of the entries']];
  const misspelt = others.find((one) => one !== target && pathKey(one) === name);
  if (misspelt !== undefined) return [['target', `is written by default as ${misspelt}: write it so`]];
  const isOverlap = (one: string): boolean => isPart(one, target) || isPart(target, one);
  const isEntry = (one: string): boolean => isEntryOf(one, target) || isEntryOf(target, one);
  const part = others.find(isOverlap) ?? before.map((one) => one.target).find(isEntry);
  return part === undefined ? [] : [['target', `overlaps with ${part}: map either the whole or its parts`]];
}

/** `emails[type eq "work"].value` of `emails`. */
const isEntryOf = (entry: string, list: string): boolean => pathKey(entry).startsWith(`${pathKey(list)}[`);

/** `name.givenName` of `name`. */
const isPart = (part: string, whole: string): boolean => pathKey(part).startsWith(`${pathKey(whole)}.`);

/** Fields of another type of entry. */
function strayFaults(entry: MappingEntryDto): Fault[] {
  const { type, source, value, expression, default: otherwise, onNull } = entry;
  const leaveOut = (field: keyof MappingEntryDto, is: string): Fault => [field, `is for ${is}: leave it out`];
  return [
    ...(type !== 'constant' && given(value) ? [leaveOut('value', 'constant')] : []),
    ...(type !== 'direct' && given(source) ? [leaveOut('source', 'direct')] : []),
    ...(type !== 'expression' && given(expression) ? [leaveOut('expression', 'expression')] : []),
    ...(type === 'constant' && given(otherwise) ? [leaveOut('default', 'direct and expression')] : []),
    ...(onNull === 'ignore' ? onNullFaults(entry, leaveOut) : []),
    ...strengthFaults(entry),
  ];
}

/** An account that is being made has nothing. */
function strengthFaults({ apply, strength }: MappingEntryDto): Fault[] {
  const isTwice = strength === 'only-if-empty' && apply === 'create-only';
  return isTwice ? [['strength', 'has no effect beside create-only: leave one of them out']] : [];
}

function onNullFaults(
  { type, default: otherwise }: MappingEntryDto,
  leaveOut: (field: 'onNull', is: string) => Fault,
): Fault[] {
  if (type === 'constant') return [leaveOut('onNull', 'direct and expression')];
  return given(otherwise) ? [['onNull', 'has no effect beside a default: leave one of them out']] : [];
}

const faultsOf: Readonly<
  Record<MappingEntryDto['type'], (entry: MappingEntryDto, defaultDomain: string | null) => Fault[]>
> = {
  direct: ({ source }) =>
    given(source)
      ? sourceFaults('source', source ?? '')
      : [['source', 'is missing: name an attribute of the identity']],
  constant: ({ target, value }) => {
    if (!given(value)) return [['value', 'is missing: give the constant']];
    return pathKey(target) === 'password' ? [onePassword] : [];
  },
  expression: (entry, defaultDomain) =>
    given(entry.expression) ? expressionFaults(entry, defaultDomain) : [['expression', 'is missing: write one']],
};

function sourceFaults(field: 'source' | 'expression', source: string, what = ''): Fault[] {
  if (isMappingSource(source)) return [];
  return [[field, `${what}is no attribute of an identity: give one of ${mappingSources.join(', ')} or custom.NAME`]];
}

/** The faults of an expression, each with its offset and a correction. */
function expressionFaults({ expression = '', apply }: MappingEntryDto, defaultDomain: string | null): Fault[] {
  try {
    const { places, uses } = compileExpression(expression);
    const lacksDomain = uses.includes('DefaultDomain') && defaultDomain === null;
    const isRewritten = uses.includes(uniqueFunction) && (apply ?? 'always') !== 'create-only';
    return [
      ...places.flatMap(({ path, at }) => sourceFaults('expression', path, `at ${at}: reads [${path}], which `)),
      ...(lacksDomain ? [noDomain] : []),
      ...(isRewritten ? [onlyAtCreation] : []),
    ];
  } catch (error) {
    if (error instanceof ExpressionError) return [['expression', error.message]];
    throw error;
  }
}

const onePassword: Fault = [
  'value',
  'would be the password of everybody, stored and shown as it is: give an expression that is create-only, for example Redact(RandomString(20, 2, 2, 2, 2))',
];
const noDomain: Fault = ['expression', 'uses DefaultDomain: give defaultDomain in the connector'];
const onlyAtCreation: Fault = [
  'apply',
  `must be create-only: ${uniqueFunction} chooses a value once, when the account is made`,
];

const given = (value: unknown): boolean => value !== undefined && value !== null;
