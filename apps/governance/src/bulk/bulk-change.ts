import { InvalidInput } from '#libs/problems/problem.js';
import {
  AssignmentNotActive,
  certify,
  excluding,
  heldOf,
  revoke,
  type Changes,
} from '../assignments/assignments.exports.js';
import { accessExtended, accessGiven, foundReplaced, type Giver, type Person } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';

/** `certify`: what was found in an application stays. `replace`: a package that gives it takes its place. */
export type BulkAction = (typeof bulkActions)[number];
export const bulkActions = ['assign', 'revoke', 'extend', 'certify', 'replace'] as const;

/** One person and one package of a bulk change. */
export interface BulkRow {
  readonly packageId: string;
  /**
   * Assign: the end, or null for the longest time. Extend: the new end. Revoke: until when no rule gives it again, or null
   * for the usual time.
   */
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
export function changesOf(terms: BulkTerms, row: BulkRow, deciding: Deciding): Changes {
  const { person, catalog, giver, newId } = deciding;
  const { packageId, endsAt } = row;
  switch (terms.action) {
    case 'assign': {
      const given = { assignmentId: newId(), type: 'direct', packageId, startsAt: null, endsAt } as const;
      return accessGiven({ ...given, reason: terms.reason }, person, catalog, giver);
    }
    case 'certify': {
      const { state } = person.access;
      const { assignmentId } = heldOf(packageId, state);
      refuseOthers(assignmentId, giver);
      return certify(assignmentId, { by: giver.actor, own: giver.own, reason: terms.reason }, state);
    }
    case 'replace':
      return foundReplaced({ assignmentId: newId(), packageId, reason: terms.reason }, person, catalog, giver);
    case 'extend':
      return accessExtended({ packageId, until: endsAt ?? '' }, person, catalog, giver);
    case 'revoke':
      return revoked(terms, row, deciding);
  }
}

/** What a rule gives is excluded besides, as where one person revokes it. */
function revoked({ reason }: BulkTerms, { packageId, endsAt: until }: BulkRow, deciding: Deciding): Changes {
  const { person, giver, newId } = deciding;
  const { own, administers, actor: by, at } = giver;
  const { state } = person.access;
  const { assignmentId } = heldOf(packageId, state);
  refuseOthers(assignmentId, giver);
  if (until !== null && until <= at)
    throw new InvalidInput([{ pointer: '/endsAt', detail: 'is past: give a later instant' }]);
  const code = own ? 'given_up' : administers ? 'revoked_by_administrator' : 'revoked_by_owner';
  return revoke(assignmentId, { code, reason, exclusion: excluding(newId(), { by, at, until }) }, state);
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
