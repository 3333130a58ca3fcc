import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { canonicalKey, foldText } from '#libs/text/text.js';

/** The comparison key of user names and addresses: without case and invisible characters. */
export const nameKey = (name: string): string => foldText(canonicalKey(name));

/** What the choice of a user name needs to know about other people. */
export interface Names {
  /** Does somebody else have this name? */
  readonly isTaken: (name: string) => boolean;
  /** Does a person have this name because it is their address in HR? Anybody else who has the name must give it up. */
  readonly isOthersAddress: (name: string) => boolean;
}

/** Names that may become the userName, best first; the last belongs to this identity alone. */
export function userNameCandidates(identityId: string, attributes: WorkerAttributes): readonly string[] {
  const spelled = [attributes.givenName ?? '', attributes.familyName]
    .map((name) =>
      name
        .normalize('NFKD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, ''),
    )
    .filter((name) => name !== '')
    .join('.');
  const generated = spelled === '' ? 'user' : spelled;
  const numbered = [generated, `${generated}.${identityId.slice(0, 4)}`, `${generated}.${identityId}`];
  return attributes.email === undefined ? numbered : [attributes.email, ...numbered];
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
 * unless somebody else has it; otherwise a generated name.
 */
export function chooseUserName({ identityId, attributes, inactive, current }: Choosing, names: Names): string {
  const { email } = attributes;
  if (email !== undefined && !inactive && !names.isOthersAddress(email)) return email;
  if (current !== null && !names.isTaken(current)) return current;
  return userNameCandidates(identityId, attributes).find((name) => !names.isTaken(name)) ?? identityId;
}
