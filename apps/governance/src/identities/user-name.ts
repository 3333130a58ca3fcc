import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { inLatinLetters } from '#libs/text/latin.js';
import { canonicalKey, foldText } from '#libs/text/text.js';

/** The comparison key of user names and addresses: without case and invisible characters. */
export const nameKey = (name: string): string => foldText(canonicalKey(name));

/** What the choice of a user name needs to know about other people. */
export interface Names {
  /** Does somebody else have this name? */
  readonly isTaken: (name: string) => boolean;
  /** Does a person have this name because it is their address in HR? Anybody else who has the name must give it up. */
  readonly isOthersAddress: (name: string) => boolean;
  /** The name that is made for somebody of whom HR states this, without a number. */
  readonly made: (attributes: WorkerAttributes) => string;
  /** Was this name ever given to somebody else? A name that was not looked up counts as given. */
  readonly wasGiven: (name: string) => boolean;
}

/** Before it and after it there is room for a number: the first part of an address has at most 64 characters. */
const longestName = 56;
/** So many people share one name at most. Further ones get a name with their id. */
export const mostNamesakes = 10_000;

/**
 * The name that is made for a person: `given.family` in Latin letters and digits, or the only name that HR states.
 * People with the same one are told apart by {@link numberedName}.
 */
export function madeName({ givenName = '', familyName }: Pick<WorkerAttributes, 'givenName' | 'familyName'>): string {
  const spelled = [givenName, familyName]
    .map(spelledPlainly)
    .filter((name) => name !== '')
    .join('.')
    .slice(0, longestName);
  return spelled === '' ? 'user' : spelled.replace(/\.$/, '');
}

/**
 * The name that a pattern gives: in Latin letters, digits, dots, hyphens and underscores, at most with one address after
 * it. {@link madeName} where nothing of it is left.
 */
export function patternedName(pattern: string | null, attributes: WorkerAttributes): string {
  const [local = '', ...domain] = (pattern ?? '').split('@');
  const spelled = plain(local, /[^a-z0-9._-]+/g).slice(0, longestName);
  const name = trimmed(spelled);
  const host = trimmed(plain(domain.join(''), /[^a-z0-9.-]+/g));
  if (name === '') return madeName(attributes);
  return host === '' ? name : `${name}@${host}`;
}

const plain = (text: string, left: RegExp): string => inLatinLetters(text).toLowerCase().replace(left, '');
/** No dot or hyphen at its ends, and no two dots in a row. */
const trimmed = (text: string): string => text.replace(/\.{2,}/g, '.').replace(/^[.-]+|[.-]+$/g, '');

const spelledPlainly = (name: string): string =>
  inLatinLetters(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');

/** `given.family`, then `given.family2`, `given.family3` …; the number stands before an address. */
export const numberedName = (made: string, number: number): string =>
  number === 1 ? made : withEnd(made, String(number));

function withEnd(made: string, end: string): string {
  const at = made.indexOf('@');
  return at < 0 ? `${made}${end}` : `${made.slice(0, at)}${end}${made.slice(at)}`;
}

/**
 * The person whose name is chosen. An inactive person claims no address, and keeps the name until another person gets
 * it.
 */
export interface Choosing {
  readonly identityId: string;
  readonly attributes: WorkerAttributes;
  readonly inactive: boolean;
  readonly current: string | null;
}

/**
 * The address in HR, unless it is also the address of another person who has it already; otherwise the present name,
 * unless somebody else has it; otherwise a name that is made, and that nobody else ever had.
 */
export function chooseUserName({ identityId, attributes, inactive, current }: Choosing, names: Names): string {
  const { email } = attributes;
  if (email !== undefined && !inactive && !names.isOthersAddress(email)) return email;
  if (current !== null && !names.isTaken(current)) return current;
  const made = names.made(attributes);
  for (let number = 1; number <= mostNamesakes; number += 1) {
    const name = numberedName(made, number);
    if (!names.isTaken(name) && !names.wasGiven(name)) return name;
  }
  return withEnd(made, `.${identityId}`);
}
