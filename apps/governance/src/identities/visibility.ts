import type { Caller } from '#libs/auth/caller.js';
import type { Identity, KnownIdentity } from './identity.js';

/** Roles that see whole records, of people who left, too. */
export const recordReaders = [
  'policy-admin',
  'auditor',
  'hr-operator',
  'security',
  'connector-admin',
  'privacy',
] as const;

export const seesRecords = ({ roles }: Caller): boolean => recordReaders.some((role) => roles.includes(role));

/** May the caller learn that there is this identity? A leaver is unknown to callers who see no whole records. */
export const isKnownTo = (caller: Caller, state: Identity): state is KnownIdentity =>
  state.status === 'inactive' ? seesRecords(caller) : state.status !== 'absent';
