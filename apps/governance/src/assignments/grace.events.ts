import type { Fact, PersonalPart } from '#libs/event-store/core.js';
import type { AssignmentTerms, Delivery } from './assignment-terms.js';

/** What happens to an assignment that has lost its grounds and goes on for a time. Stream: `access-<identityId>`. */
export type GraceEvent = AssignmentGraceStarted | AssignmentKept;

export const graceFacts = ['AssignmentGraceStarted', 'AssignmentKept'] as const;

/** The assignment ends at an instant, unless its grounds return or somebody decides otherwise before. */
export interface Grace {
  readonly code: GraceCode;
  /** The first instant without the access. */
  readonly until: string;
  /** Who may keep, shorten or drop it: `manager` is the manager of its holder on that day. */
  readonly decides: 'nobody' | 'manager';
}

/** Why it ends: no rule gives it any more; its holder is not eligible any more; its holder has moved. */
export type GraceCode = 'rule_no_longer_matches' | 'not_eligible' | 'moved';

/** The assignment as it stood. */
export interface Standing {
  readonly status: 'scheduled' | 'active' | 'suspended';
  readonly delivery: Delivery;
}

export type AssignmentGraceStarted = Fact<
  'AssignmentGraceStarted',
  1,
  { readonly assignment: AssignmentTerms; readonly grace: Grace; readonly startedAt: string } & Standing
>;

export type KeptCode = 'grounds_returned' | 'kept_by_manager';

/** It does not end for the reason of its grace. `assignment` has the end that it has now. */
export type AssignmentKept = Fact<
  'AssignmentKept',
  1,
  {
    readonly assignment: AssignmentTerms;
    readonly code: KeptCode;
    readonly formerUntil: string | null;
    readonly keptAt: string;
  } & Standing
> & {
  /** Why, in the words of who decided. */
  readonly personal?: { readonly reason: PersonalPart<{ readonly reason: string }> };
};
