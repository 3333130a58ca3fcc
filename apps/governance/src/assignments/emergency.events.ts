import type { Fact } from '#libs/event-store/core.js';

/** Access that was taken in an emergency. */
export interface Emergency {
  readonly assignmentId: string;
  readonly identityId: string;
  readonly packageId: string;
  readonly takenAt: string;
}

/** Somebody who owns the package has judged, after the event, whether the emergency was one. */
export type EmergencyReviewed = Fact<
  'EmergencyReviewed',
  1,
  {
    readonly emergency: Emergency;
    readonly outcome: 'justified' | 'unjustified';
    /** UUID of the actor. */
    readonly reviewedBy: string;
    readonly reviewedAt: string;
  },
  { emergency: { readonly comment: string } }
>;

export const emergencyFacts = ['EmergencyReviewed'] as const;
