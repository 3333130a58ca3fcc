import type { Fact } from '#libs/event-store/core.js';
import type { NonPersonKind } from '../connectors/connectors.exports.js';

/**
 * What people decided of whose an account is. Streams: `ownership-<uuid of the account>.<connector>`. `open`: a former decision
 * does not stand any more.
 */
export type OwnershipEvent = OwnershipDecided;

export type OwnershipDecided = Fact<
  'OwnershipDecided',
  1,
  {
    readonly connector: string;
    /** The application's own id of the account. */
    readonly accountId: string;
    readonly decision: 'person' | 'not-a-person' | 'open';
    /** Whose it is; null unless a person's. */
    readonly identityId: string | null;
    /** What it is; null where it is a person's, or open. */
    readonly kind: NonPersonKind | null;
    readonly decidedBy: string;
    readonly decidedAt: string;
  },
  { readonly reason: { readonly reason: string } }
>;

export const ownershipFacts = ['OwnershipDecided'] as const;
