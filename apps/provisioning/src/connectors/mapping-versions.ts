import { isDeepStrictEqual } from 'node:util';
import type { MappingEntry } from '../accounts/accounts.exports.js';
import type { ConnectorDocument } from './connector-document.js';

/** What of a connector document says who gets an account and what is written, beside the entries. */
export const mappingSettings = [
  'mappingDefaults',
  'defaultDomain',
  'sensitive',
  'matching',
  'pull',
  'scope',
  'mappingTests',
] as const;

export type MappingSetting = (typeof mappingSettings)[number];
export type MappingTerms = Pick<ConnectorDocument, 'mapping' | MappingSetting>;

/** What became of the entry of one target. */
export interface EntryDifference {
  readonly target: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Names of the fields that differ; empty for one that is added or removed. */
  readonly fields: readonly string[];
  readonly before: MappingEntry | null;
  readonly after: MappingEntry | null;
}

export interface SettingDifference {
  readonly setting: MappingSetting;
  readonly before: unknown;
  readonly after: unknown;
}

export interface MappingDifference {
  readonly entries: readonly EntryDifference[];
  readonly settings: readonly SettingDifference[];
}

/** From one mapping to another, by target in the order of the later one; removed entries come last. */
export function differenceOf(before: MappingTerms, after: MappingTerms): MappingDifference {
  const known = new Map(before.mapping.map((entry) => [entry.target, entry]));
  const kept = new Set(after.mapping.map(({ target }) => target));
  const removed = before.mapping.filter(({ target }) => !kept.has(target));
  const entries = [
    ...after.mapping.flatMap((entry) => entryDifference(known.get(entry.target) ?? null, entry)),
    ...removed.flatMap((entry) => entryDifference(entry, null)),
  ];
  const settings = mappingSettings
    .filter((setting) => !isDeepStrictEqual(before[setting], after[setting]))
    .map((setting) => ({ setting, before: before[setting], after: after[setting] }));
  return { entries, settings };
}

export const isSameMapping = ({ entries, settings }: MappingDifference): boolean =>
  entries.length === 0 && settings.length === 0;

function entryDifference(before: MappingEntry | null, after: MappingEntry | null): EntryDifference[] {
  const target = (after ?? before)?.target ?? '';
  if (before === null) return [{ target, change: 'added', fields: [], before, after }];
  if (after === null) return [{ target, change: 'removed', fields: [], before, after }];
  const fields = (Object.keys(after) as (keyof MappingEntry)[]).filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  );
  return fields.length === 0 ? [] : [{ target, change: 'changed', fields, before, after }];
}
