import type { ProblemError } from '#libs/problems/problem.js';
import { pathOf } from '#libs/scim/client/attribute-path.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { unfitText } from './profiled-values.js';
import { type ProfileChoice, profileOf, protocolOf } from './scim-profiles.js';

/** What a document says that a profile may not go together with. */
export interface ProfiledDocument {
  readonly protocol: 'scim1' | 'scim2';
  readonly deprovision: {
    readonly onUnassign: string;
    readonly onLeave: string;
    readonly deleteAfter: string | null;
  };
  readonly groups: { readonly create: boolean };
  readonly mapping: readonly ProfiledEntry[];
  readonly matching: readonly { readonly target: string }[] | null;
  /** Every target, also of the default mapping. */
  readonly targets: readonly string[];
}

interface ProfiledEntry {
  readonly target: string;
  readonly type: string;
  readonly value: unknown;
  readonly default: unknown;
  readonly onNull: string;
}

/** What the document asks for, and an application of this profile cannot do. */
export function profileConflicts(choice: ProfileChoice, document: ProfiledDocument): ProblemError[] {
  const profile = profileOf(choice);
  const wanted = protocolOf(profile);
  return [
    ...(wanted === document.protocol
      ? []
      : [{ pointer: '/protocol', detail: `is not what this profile speaks: give ${wanted}` }]),
    ...deprovisionConflicts(profile, document.deprovision),
    ...(profile.createGroups || !document.groups.create
      ? []
      : [
          {
            pointer: '/groups/create',
            detail: 'must be false: this application makes no groups. Make them there, with the same name',
          },
        ]),
    ...mappingConflicts(profile, document),
    ...matchingConflicts(profile, document.matching ?? []),
  ];
}

const deletesNone = 'this application only disables what it is told to delete';
const disablesNone = 'this application disables no accounts';

function deprovisionConflicts(
  { deleteMeans, deactivate }: ScimProfile,
  { onUnassign, onLeave, deleteAfter }: ProfiledDocument['deprovision'],
): ProblemError[] {
  const deletes = deleteMeans === 'hard' || deleteMeans === 'irreversible';
  const ends = Object.entries({ onUnassign, onLeave }).flatMap(([name, value]): ProblemError[] => {
    const pointer = `/deprovision/${name}`;
    if (value === 'delete' && !deletes) return [{ pointer, detail: `must be disable: ${deletesNone}` }];
    if (value === 'disable' && deactivate === 'none') return [{ pointer, detail: `must be delete: ${disablesNone}` }];
    return [];
  });
  if (deleteAfter === null) return ends;
  const pointer = '/deprovision/deleteAfter';
  if (!deletes) return [...ends, { pointer, detail: `must be left out: ${deletesNone}` }];
  return deactivate === 'none'
    ? [...ends, { pointer, detail: `must be left out: the account is disabled first, and ${disablesNone}` }]
    : ends;
}

function mappingConflicts(profile: ScimProfile, { mapping, targets }: ProfiledDocument): ProblemError[] {
  const missing = profile.required.filter((name) => !targets.some((target) => isAt(target, name)));
  return [
    ...missing.map((name) => ({
      pointer: '/mapping',
      detail: `has no entry for ${name}, without which this application makes no account: add one`,
    })),
    ...Object.entries(profile.maxValues)
      .filter(([name, most]) => targets.filter((target) => isEntryOf(target, name)).length > most)
      .map(([name, most]) => ({
        pointer: '/mapping',
        detail: `has more than ${most} values of ${name}, the most that this application takes: leave out the others`,
      })),
    ...mapping.flatMap((entry, index) =>
      entryFaults(profile, entry).map(([field, detail]) => ({ pointer: `/mapping/${index}/${field}`, detail })),
    ),
  ];
}

/** What is wrong with one entry for everybody, whatever a person has. */
function entryFaults(profile: ScimProfile, entry: ProfiledEntry): (readonly [field: string, detail: string])[] {
  const stated = (['value', 'default'] as const).flatMap((field) => {
    const detail = unfitText(entry.target, entry[field], profile);
    return detail === null ? [] : [[field, detail] as const];
  });
  const empties = profile.clear === 'unsupported' && entry.type !== 'constant' && entry.onNull !== 'ignore';
  return empties ? [...stated, ['onNull', 'must be ignore: this application cannot empty an attribute']] : stated;
}

/** A search that the application refuses would leave everybody without an account. */
function matchingConflicts(
  { searchable: { users, others } }: ScimProfile,
  matching: readonly { readonly target: string }[],
): ProblemError[] {
  if (others === undefined) return [];
  const known = [...users, ...others];
  return matching.flatMap(({ target }, index) =>
    known.some((name) => isAt(target, name))
      ? []
      : [
          {
            pointer: `/matching/${index}/target`,
            detail: `cannot be searched by in this application: give one of ${known.join(', ')}`,
          },
        ],
  );
}

function isAt(target: string, name: string): boolean {
  const [low, wanted] = [target.toLowerCase(), name.toLowerCase()];
  return low === wanted || low.startsWith(`${wanted}[`) || low.startsWith(`${wanted}.`);
}

/** One value of a list: `emails[type eq "work"].value`. */
function isEntryOf(target: string, name: string): boolean {
  const path = pathOf(target);
  return path?.name.toLowerCase() === name.toLowerCase() && path.select !== null && path.sub === 'value';
}
