import { attributesOf, type Identity } from '../identities/identity.js';

/** Somebody as every answer names them; the fields are null once forgotten, and where the id names no person. */
export interface NamedPerson {
  readonly id: string;
  readonly employeeId: string | null;
  readonly displayName: string | null;
}

/** A package as every answer names it; `displayName` is null where there is none of this id. */
export interface NamedPackage {
  readonly id: string;
  readonly displayName: string | null;
}

export function namedPerson(id: string, state: Identity | undefined): NamedPerson {
  if (state === undefined || state.status === 'absent') return { id, employeeId: null, displayName: null };
  const employeeId = attributesOf(state)?.employeeId ?? null;
  return { id, employeeId, displayName: state.person?.displayName ?? null };
}
