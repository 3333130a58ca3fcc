import type { Fact, PersonalPart } from '#libs/event-store/core.js';

/** What people said about a case. Stream: `case-<id>`; the case itself is the state of an account, not of this stream. */
export type CaseEvent = CaseCommented | CaseAssigned;

interface CaseTerms {
  /** `IDENTITY.CONNECTOR`, or the id of the exposure of an account that a reading found. */
  readonly case: string;
  readonly connector: string;
  /** UUID of the actor. */
  readonly by: string;
}

export type CaseCommented = Fact<'CaseCommented', 1, CaseTerms & { readonly comment: string; readonly at: string }> & {
  readonly personal: { readonly text: PersonalPart<{ readonly text: string }> };
};
/** Who looks after it; null: nobody in particular. */
export type CaseAssigned = Fact<
  'CaseAssigned',
  1,
  CaseTerms & { readonly assignee: string | null; readonly at: string }
>;

export const caseFacts = ['CaseCommented', 'CaseAssigned'] as const;
