import { AssignmentNotActive, certify, heldOf, revoke, type Changes } from '../assignments/assignments.exports.js';
import { accessExtended, accessGiven, type Giver, type Person } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';

/** `certify`: what was found in an application stays. */
export type BulkAction = 'assign' | 'revoke' | 'extend' | 'certify';

/** One person and one package of a bulk change. */
export interface BulkRow {
  readonly packageId: string;
  /** Assign: the end, or null for the longest time. Extend: the new end. */
  readonly endsAt: string | null;
}

/** A bulk change that takes access from many people needs a confirmation with their number. */
export interface BulkTerms {
  readonly action: BulkAction;
  readonly reason: string;
}

/**
 * What one row changes of what its person holds, decided as if it were asked for alone.
 * @throws DomainError or InvalidInput with the reason why it is refused
 */
export function changesOf(
  { action, reason }: BulkTerms,
  { packageId, endsAt }: BulkRow,
  { person, catalog, giver, newId }: Deciding,
): Changes {
  switch (action) {
    case 'assign': {
      const given = { assignmentId: newId(), type: 'direct', packageId, startsAt: null, endsAt, reason } as const;
      return accessGiven(given, person, catalog, giver);
    }
    case 'certify': {
      const { state } = person.access;
      const { assignmentId } = heldOf(packageId, state);
      refuseOthers(assignmentId, giver);
      return certify(assignmentId, { by: giver.actor, own: giver.own, reason }, state);
    }
    case 'extend':
      return accessExtended({ packageId, until: endsAt ?? '' }, person, catalog, giver);
    case 'revoke': {
      const { state } = person.access;
      const { assignmentId } = heldOf(packageId, state);
      refuseOthers(assignmentId, giver);
      const code = giver.own ? 'given_up' : giver.administers ? 'revoked_by_administrator' : 'revoked_by_owner';
      return revoke(assignmentId, { code, reason, exclusion: null }, state);
    }
  }
}

/** @throws AssignmentNotActive: who may not decide does not learn that it is there */
function refuseOthers(assignmentId: string, { mayAssign, own }: Deciding['giver']): void {
  if (!mayAssign && !own) throw new AssignmentNotActive('there is no such assignment', { assignmentId });
}

export interface Deciding {
  readonly person: Person;
  readonly catalog: CatalogSnapshot;
  readonly giver: Giver & { readonly administers: boolean };
  readonly newId: () => string;
}
