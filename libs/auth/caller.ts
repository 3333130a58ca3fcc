import type { Causation } from '#libs/event-store/core.js';
import { uuidv5, uuidv7 } from '#libs/event-store/ids.js';
import { noteCorrelation } from '#libs/system/traceparent.js';

/** The roles of tokens. `admin` means the five administrative roles, for small installations. */
export const roles = [
  'hr-feed',
  'requester',
  'approver',
  'auditor',
  'policy-admin',
  'connector-admin',
  'hr-operator',
  'security',
  'privacy',
] as const;

export type Role = (typeof roles)[number];

const administrative: readonly Role[] = ['policy-admin', 'connector-admin', 'hr-operator', 'security', 'privacy'];

/** The caller, from the token and the identities. */
export interface Caller {
  /** The token's `sub`. Personal: for the answer to the caller, never for events or logs. */
  readonly subject: string;
  readonly issuer: string;
  readonly roles: readonly Role[];
  /** Id of the caller's identity; null for a machine, or a person the hub does not know. */
  readonly identity: string | null;
  /** `identity/<uuid>` or `subject/<uuid>`: what events may hold. */
  readonly actor: string;
}

/** The actor of a token subject without an identity: the same for the same issuer and `sub`. */
export const actorWithoutIdentity = (issuer: string, subject: string): string =>
  `subject/${uuidv5(`${issuer}|${subject}`)}`;

/** The UUID in an actor. It is not personal data; personal texts of the actor are encrypted with its key. */
export const actorId = (actor: string): string => actor.slice(actor.indexOf('/') + 1);

/** Roles that a claim grants: `admin` becomes its roles, and unknown names are dropped. */
export function grantedRoles(claimed: readonly string[]): readonly Role[] {
  const spread = claimed.flatMap<string>((name) => (name === 'admin' ? administrative : [name]));
  return roles.filter((role) => spread.includes(role));
}

/** A chain of effects that begins with somebody's call. */
export function causationOf({ actor }: Pick<Caller, 'actor'>): Causation {
  const correlationId = uuidv7();
  noteCorrelation(correlationId);
  return { actor, correlationId, causationId: null };
}
