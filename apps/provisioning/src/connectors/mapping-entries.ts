import { workerFields } from '#libs/contracts/hr-lifecycle.js';
import type { ProblemError } from '#libs/problems/problem.js';
import { Mapping } from '../accounts/mapping.js';
import { pathOf } from '../accounts/scim-attributes.js';
import type { MappingEntry } from './connector-document.js';
import type { MappingEntryDto } from './connector.dto.js';

/** Attributes that the hub sets itself. A mapping of these would be ignored or break the account. */
const ownTargets = new Set(['externalid', 'active', 'id', 'schemas', 'meta', 'groups']);

const sources = new Set<string>([...workerFields.filter((name) => name !== 'custom'), 'id', 'userName', 'displayName']);

/** What an administrator stated as `mapping`, with defaults filled in, or everything that is wrong with it. */
export function mappingEntriesOf(
  stated: readonly MappingEntryDto[],
  withDefaults: boolean,
): { entries: MappingEntry[]; problems: ProblemError[] } {
  const problems = stated.flatMap((entry, index) => [
    ...problemsOf(entry, stated.slice(0, index), withDefaults).map(([field, detail]) => ({
      pointer: `/mapping/${index}/${field}`,
      detail,
    })),
  ]);
  return { entries: stated.map(entryOf), problems };
}

function entryOf({ target, type, source, value, default: otherwise, apply }: MappingEntryDto): MappingEntry {
  return {
    target,
    type,
    source: source ?? null,
    value: value ?? null,
    expression: null,
    default: otherwise ?? null,
    apply: apply ?? 'always',
  };
}

type Fault = readonly [field: keyof MappingEntryDto, detail: string];

function problemsOf(entry: MappingEntryDto, before: readonly MappingEntryDto[], withDefaults: boolean): Fault[] {
  const { target, type } = entry;
  const others = [...new Mapping([], withDefaults).targets, ...before.map((one) => one.target)];
  return [
    ...targetFaults(target, before, others),
    ...(type === 'direct' ? directFaults(entry) : constantFaults(entry)),
  ];
}

function targetFaults(target: string, before: readonly MappingEntryDto[], others: readonly string[]): Fault[] {
  const name = target.toLowerCase();
  if (pathOf(target) === null) return [['target', 'is not an attribute path that can be written']];
  if (ownTargets.has(name)) return [['target', 'is set by the hub itself: leave it out']];
  if (before.some((one) => one.target.toLowerCase() === name))
    return [['target', 'is mapped twice: keep one of the entries']];
  const part = others.find((one) => isPart(one, target) || isPart(target, one));
  return part === undefined ? [] : [['target', `overlaps with ${part}: map either the whole or its parts`]];
}

/** `name.givenName` of `name`. */
function isPart(part: string, whole: string): boolean {
  return part.toLowerCase().startsWith(`${whole.toLowerCase()}.`);
}

function directFaults({ source, value }: MappingEntryDto): Fault[] {
  const faults: Fault[] = given(value) ? [['value', 'is for source type constant only: leave it out']] : [];
  if (source === undefined || source === null) {
    return [...faults, ['source', 'is missing: name an attribute of the identity']];
  }
  if (source === 'manager') return [...faults, ['source', 'is not served yet: leave it out']];
  if (sources.has(source) || /^custom\.[^.]+$/.test(source)) return faults;
  const known = `give one of ${[...sources].join(', ')} or custom.NAME`;
  return [...faults, ['source', `is not an attribute of an identity: ${known}`]];
}

function constantFaults({ source, value, default: otherwise }: MappingEntryDto): Fault[] {
  return [
    ...(given(value) ? [] : [['value', 'is missing: give the constant'] as const]),
    ...(given(source) ? [['source', 'is for direct: leave it out'] as const] : []),
    ...(given(otherwise) ? [['default', 'is for direct: leave it out'] as const] : []),
  ];
}

const given = (value: unknown): boolean => value !== undefined && value !== null;
