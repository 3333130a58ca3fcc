import type { Fact } from '#libs/event-store/core.js';
import type { AssignmentTerms } from './assignment-terms.js';
import type { Standing } from './grace.events.js';

/** What is said of access that was found. Stream: `access-<identityId>`. */
export type AsFoundEvent = AssignmentCertified | AssignmentCertificationOverdue;

export const asFoundFacts = ['AssignmentCertified', 'AssignmentCertificationOverdue'] as const;

/** Somebody said that it stays, and answers for it from now on. */
export type AssignmentCertified = Fact<
  'AssignmentCertified',
  1,
  { readonly assignment: AssignmentTerms; readonly certifiedAt: string } & Standing,
  { reason: { readonly reason: string } }
>;

/** Nobody has said in time whether it stays. */
export type AssignmentCertificationOverdue = Fact<
  'AssignmentCertificationOverdue',
  1,
  { readonly assignment: AssignmentTerms; readonly overdueSince: string } & Standing
>;
