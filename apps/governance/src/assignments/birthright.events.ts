import type { Fact } from '#libs/event-store/core.js';

/** What keeps a rule from giving its package to one person, and what leavers had. Stream: `access-<identityId>`. */
export type BirthrightEvent =
  BirthrightExcluded | BirthrightExclusionEnded | BirthrightWithheld | BirthrightWithholdingEnded | FormerAccessOffered;

export const birthrightFacts = [
  'BirthrightExcluded',
  'BirthrightExclusionEnded',
  'BirthrightWithheld',
  'BirthrightWithholdingEnded',
  'FormerAccessOffered',
] as const;

/** No rule gives this package to this person, until its end. */
export interface BirthrightExclusion {
  readonly exclusionId: string;
  readonly identityId: string;
  readonly packageId: string;
  /** UUID of the actor: an identity, or the subject of a token without an identity. */
  readonly excludedBy: string;
  /** Exclusive. */
  readonly until: string;
}

export type BirthrightExcluded = Fact<
  'BirthrightExcluded',
  1,
  BirthrightExclusion & { readonly excludedAt: string },
  { reason: { readonly reason: string } }
>;

export type ExclusionEndCode = 'expired' | 'ended_early';

export type BirthrightExclusionEnded = Fact<
  'BirthrightExclusionEnded',
  1,
  BirthrightExclusion & { readonly code: ExclusionEndCode; readonly endedAt: string }
>;

/** A rule gives it, and it is not given because that would violate separation of duties. */
export interface WithheldBirthright {
  readonly withheldId: string;
  readonly identityId: string;
  readonly packageId: string;
  readonly rule: string;
  /** The rules of separation of duties that prevent it, each with what the person has of it. */
  readonly because: readonly { readonly rule: string; readonly packages: readonly string[] }[];
  readonly withheldAt: string;
}

/** Withheld, or withheld for another reason than before. */
export type BirthrightWithheld = Fact<'BirthrightWithheld', 1, WithheldBirthright>;

/** It is given now, or no rule gives it any more. */
export type BirthrightWithholdingEnded = Fact<
  'BirthrightWithholdingEnded',
  1,
  WithheldBirthright & { readonly endedAt: string }
>;

/** Somebody was hired again: what they had by request comes back only by a request. */
export type FormerAccessOffered = Fact<
  'FormerAccessOffered',
  1,
  { readonly identityId: string; readonly assignments: readonly string[]; readonly offeredAt: string }
>;
