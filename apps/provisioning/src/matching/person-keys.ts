import type { IdentityMessage } from '#libs/contracts/identities.js';
import { foldText } from '#libs/text/text.js';
import { mappingSources, ownName, sensitiveSources, sourceValue } from '../accounts/accounts.exports.js';

/** Sources that say nothing about whose an account is, or that few may know. */
const isCompared = (source: string): boolean => !sensitiveSources.has(source) && source !== 'manager';

/** What matching may compare of a person: each single value, folded, by the hub's own name of the source. */
export function keysOf({ identity, userName, displayName, attributes }: IdentityMessage): Record<string, string> {
  const { custom = {}, ...fields } = attributes;
  const person = { ...fields, custom, id: identity, userName: userName === '' ? undefined : userName, displayName };
  const sources = [...mappingSources.filter(isCompared), ...Object.keys(custom).map((name) => `custom.${name}`)];
  return Object.fromEntries(
    sources.flatMap((source): [string, string][] => {
      const value = sourceValue(person, source);
      return typeof value === 'string' && value !== '' ? [[source, foldText(value)]] : [];
    }),
  );
}

/** The name under which {@link keysOf} has a source. */
export const keyName = (source: string): string => ownName(source);
