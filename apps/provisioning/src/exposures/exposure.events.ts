import type { ExposureCode, ExposureKind, ExposureProof } from '#libs/contracts/exposures.js';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Fact } from '#libs/event-store/core.js';

/**
 * Access that should have ended and is not confirmed gone. Streams: `exposure-<uuid of connector and account>`: one for each
 * account, which opens and closes as often as it happens.
 */
export type ExposureEvent = ExposureOpened | ExposureChanged | ExposureEscalated | ExposureClosed;

/** Whose access it is, and where. */
export interface ExposureTerms {
  /** Id of the exposure, as its stream has it. */
  readonly exposure: string;
  readonly connector: string;
  readonly application: string;
  /** Null for an account that no identity is known for. */
  readonly identityId: string | null;
  /** The application's own id of the account; null while unknown. */
  readonly accountId: string | null;
}

/** What is exposed, and why it is still there. */
export interface ExposedThings {
  readonly entitlements: readonly EntitlementFields[];
  readonly code: ExposureCode;
}

export type ExposureOpened = Fact<
  'ExposureOpened',
  1,
  ExposureTerms &
    ExposedThings & {
      readonly kind: ExposureKind;
      /** When it was decided that the access ends. */
      readonly decidedAt: string;
      readonly dueAt: string;
      readonly openedAt: string;
    }
>;
/** More or less is exposed, or for another reason. */
export type ExposureChanged = Fact<
  'ExposureChanged',
  1,
  ExposureTerms & ExposedThings & { readonly changedAt: string }
>;
/** Its deadline is over, or another day has gone by since. */
export type ExposureEscalated = Fact<
  'ExposureEscalated',
  1,
  ExposureTerms & { readonly dueAt: string; readonly escalation: number; readonly escalatedAt: string }
>;
export type ExposureClosed = Fact<
  'ExposureClosed',
  1,
  ExposureTerms & {
    readonly how: ExposureProof;
    /** Id of the fact or message that proves it. */
    readonly proof: string;
    readonly closedAt: string;
  }
>;

export const exposureFacts = ['ExposureOpened', 'ExposureChanged', 'ExposureEscalated', 'ExposureClosed'] as const;
