import type { Fact, PersonalPart } from '#libs/event-store/core.js';

/** Everything that can have happened to one review campaign. Stream: `review-<id>`. */
export type ReviewEvent = ReviewStarted | ReviewListed | ReviewEnded | ReviewClosed | ReviewCancelled;

export const reviewFacts = ['ReviewStarted', 'ReviewListed', 'ReviewEnded', 'ReviewClosed', 'ReviewCancelled'] as const;

/** What is reviewed. Null: whatever it is. At least one of the three is given. */
export interface ReviewScope {
  readonly packageId: string | null;
  /** Everything that gives something in this application. */
  readonly application: string | null;
  /** Only what was found in an application, and that nobody has decided about yet. */
  readonly asFound: boolean;
  /** Also what rules give. Absent: not that. */
  readonly birthrights?: boolean;
}

export type NoResponse = 'keep' | 'revoke';

export interface ReviewTerms {
  readonly reviewId: string;
  readonly displayName: string;
  readonly scope: ReviewScope;
  /** Who reviews; null: as each package says. */
  readonly reviewers: readonly string[] | null;
  /** What becomes of access about which nobody answers; null: as each package says. */
  readonly onNoResponse: NoResponse | null;
  /** The first instant at which nobody answers any more. */
  readonly dueAt: string;
}

/** `startedBy`: UUID of the actor; null: the hub, because the package says so. */
export type ReviewStarted = Fact<
  'ReviewStarted',
  1,
  { readonly review: ReviewTerms; readonly startedBy: string | null; readonly startedAt: string }
>;

/** All access of its scope is an item of it. */
export type ReviewListed = Fact<
  'ReviewListed',
  1,
  { readonly reviewId: string; readonly items: number; readonly listedAt: string }
>;

/** Nobody answers any more: it is due, or everything has been decided. */
export type ReviewEnded = Fact<'ReviewEnded', 1, { readonly reviewId: string; readonly endedAt: string }>;

/** Every item has an outcome, and every revocation is verified. */
export type ReviewClosed = Fact<'ReviewClosed', 1, { readonly reviewId: string; readonly closedAt: string }>;

/** What was decided stays decided; nothing further is. `cancelledBy`: UUID of the actor. */
export type ReviewCancelled = Fact<
  'ReviewCancelled',
  1,
  { readonly reviewId: string; readonly cancelledBy: string; readonly cancelledAt: string }
> & { readonly personal: { readonly reason: PersonalPart<{ readonly reason: string }> } };
