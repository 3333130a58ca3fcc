import { attributesOf, type Identity } from '../identities/identities.exports.js';

/** A person in an answer; the fields are null if the person is forgotten or unknown. */
export interface NamedPerson {
  readonly id: string;
  readonly employeeId: string | null;
  readonly displayName: string | null;
}

/** A package in an answer; `displayName` is null if there is none with this id. */
export interface NamedPackage {
  readonly id: string;
  readonly displayName: string | null;
}

export function namedPerson(id: string, state: Identity | undefined): NamedPerson {
  if (state === undefined || state.status === 'absent') return { id, employeeId: null, displayName: null };
  const employeeId = attributesOf(state)?.employeeId ?? null;
  return { id, employeeId, displayName: state.person?.displayName ?? null };
}
