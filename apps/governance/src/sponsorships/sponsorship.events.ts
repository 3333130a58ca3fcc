import type { Fact } from '#libs/event-store/core.js';

/** Who answers for a contractor, and until when they work here. Stream: `sponsorship-<identityId>`. */
export type SponsorshipEvent = SponsorshipStated | SponsorshipPassed | SponsorshipEnding | SponsorshipEnded;

export const sponsorshipFacts = [
  'SponsorshipStated',
  'SponsorshipPassed',
  'SponsorshipEnding',
  'SponsorshipEnded',
] as const;

/** As it stands after the fact. */
export interface SponsorshipTerms {
  readonly identityId: string;
  /** Identity of the sponsor; null: HR names none, or nobody who is here. */
  readonly sponsorId: string | null;
  /** The first instant without access; null: HR states no end. */
  readonly endsAt: string | null;
}

/** HR states another sponsor or another end, or the person HR names has become known. */
export type SponsorshipStated = Fact<
  'SponsorshipStated',
  1,
  SponsorshipTerms & { readonly statedAt: string },
  /** The employeeId that HR names as sponsor. */
  { sponsorship: { readonly sponsor?: string } }
>;

/**
 * The sponsor has left: the sponsor's manager answers for the contractor; null: there is none who is here. Or the leaving did
 * not hold: the sponsor answers again. `formerId`: who answered before.
 */
export type SponsorshipPassed = Fact<
  'SponsorshipPassed',
  1,
  SponsorshipTerms & { readonly formerId: string; readonly passedAt: string }
>;

/** The employment ends in so many days, unless HR extends it. */
export type SponsorshipEnding = Fact<
  'SponsorshipEnding',
  1,
  SponsorshipTerms & { readonly daysLeft: number; readonly noticedAt: string }
>;

/** They have left, or are no contractor any more. */
export type SponsorshipEnded = Fact<'SponsorshipEnded', 1, SponsorshipTerms & { readonly endedAt: string }>;
