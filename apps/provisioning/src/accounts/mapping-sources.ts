import { workerFields } from '#libs/contracts/hr-lifecycle.js';
import { ownName } from '#libs/contracts/source-names.js';
import type { Attributes } from './account.events.js';

export { ownName };

/** What the person is to hold in the application: packages that justify the account, and names of groups and roles. */
export const heldSources = ['packages', 'groups', 'roles'] as const;

/**
 * What a mapping may read of an identity: the worker's fields, what governance adds to them, what the
 * person holds, and `manager`: the id of the manager's account in the same application.
 */
export const mappingSources: readonly string[] = [
  ...workerFields.filter((name) => name !== 'custom'),
  'id',
  'userName',
  'displayName',
  ...heldSources,
  'manager',
];

/** Personal data that few applications need: sent only by a connector that names it. */
export const sensitiveSources: ReadonlySet<string> = new Set([
  'birthDate',
  'terminationType',
  'leaveFrom',
  'leaveUntil',
]);

export const isMappingSource = (name: string): boolean => {
  const known = ownName(name);
  return mappingSources.includes(known) || /^custom\.[^.]+$/.test(known);
};

/** The value of a source: a field of the identity, or `custom.NAME`. Without a userName of its own, the e-mail is it. */
export function sourceValue(attributes: Attributes, source: string): unknown {
  const [name = '', part] = ownName(source).split('.', 2);
  const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (name === 'userName') return value ?? attributes['email'];
  if (part === undefined || typeof value !== 'object' || value === null) return value;
  return Object.hasOwn(value, part) ? (value as Attributes)[part] : undefined;
}
