import type { EntitlementFields } from '#libs/contracts/entitlement.js';

/** Accounts of which nobody is known whose they are: those that match a filter, or these. Both null: all. */
export interface ChosenOrphans {
  readonly filter: string | null;
  readonly accounts: readonly string[] | null;
}

/** What a preview is for. */
export type Purpose =
  /** The connector enforces, for everybody or a pilot. */
  | { readonly of: 'enforcing' }
  /** Accounts of nobody known are disabled. */
  | { readonly of: 'orphans'; readonly orphans: ChosenOrphans }
  /** Nobody holds these but who should: what the hub did not give is taken, too. */
  | { readonly of: 'authority'; readonly entitlements: readonly EntitlementFields[] }
  /** Another document would be defined. It is never released: defining the document does it. */
  | { readonly of: 'change' };

/** Purposes that only make sense where the hub writes already. */
export const needsEnforcing = ({ of }: Purpose): boolean => of === 'orphans' || of === 'authority';
