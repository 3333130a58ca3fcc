import type { ProblemError } from '#libs/problems/problem.js';
import { type MappingEntry, mappingOf } from '../accounts/accounts.exports.js';
import {
  type ProfileChoice,
  profileConflicts,
  profileMapping,
  profileOf,
  statedProfile,
  usualProfile,
} from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';

type Profiled = Pick<
  ConnectorDocument,
  'protocol' | 'mapping' | 'mappingDefaults' | 'matching' | 'deprovision' | 'groups'
>;

/** The profile that a document names, with the entries that it needs in the mapping; or what is wrong with it. */
export function profiled(
  stated: unknown,
  document: Profiled,
): { profile: ProfileChoice; mapping: readonly MappingEntry[] } | { problems: ProblemError[] } {
  const { protocol } = document;
  if (protocol !== 'scim2' && protocol !== 'scim1')
    return (stated ?? 'generic') === 'generic' ? { profile: 'generic', mapping: document.mapping } : notScim;
  const choice = statedProfile(stated ?? usualProfile(protocol));
  if ('problems' in choice) return choice;
  const own = document.mapping.map(({ target }) => target);
  const mapping = [...document.mapping, ...profileMapping(choice.choice, own).map(entryOf)];
  const { targets } = mappingOf(mapping, document.mappingDefaults);
  const problems = profileConflicts(choice.choice, { ...document, protocol, mapping, targets });
  return problems.length > 0 ? { problems } : { profile: choice.choice, mapping };
}

/** Whether groups are made, where the document does not say it: unless its profile says that the application makes none. */
export function makesGroups(stated: unknown, protocol: ConnectorDocument['protocol']): boolean {
  if (protocol !== 'scim2' && protocol !== 'scim1') return true;
  const choice = statedProfile(stated ?? usualProfile(protocol));
  return 'problems' in choice || profileOf(choice.choice).createGroups;
}

const notScim = { problems: [{ pointer: '/profile', detail: 'is for SCIM: leave it out' }] };

function entryOf({ target, expression }: { readonly target: string; readonly expression: string }): MappingEntry {
  return {
    target,
    type: 'expression',
    source: null,
    value: null,
    expression,
    default: null,
    onNull: 'clear',
    apply: 'always',
    strength: 'always',
  };
}
