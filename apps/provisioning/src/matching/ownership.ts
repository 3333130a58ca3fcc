import { hasShape, type Fold } from '#libs/event-store/core.js';
import type { OwnershipDecided, OwnershipEvent } from './ownership.events.js';

/** The last decision about an account; null for none. */
export interface OwnershipState {
  readonly decided:
    (Omit<OwnershipDecided['data'], 'connector' | 'accountId'> & { readonly reason: string | null }) | null;
}

export const ownership: Fold<OwnershipState, OwnershipEvent> = {
  version: 1,
  initial: { decided: null },
  evolve: (_, { data, personal }) => {
    const { decision, identityId, kind, decidedBy, decidedAt } = data;
    const reason = personal.reason.fields?.reason ?? null;
    return { decided: { decision, identityId, kind, decidedBy, decidedAt, reason } };
  },
};

/** A row holds a decision. */
export const isOwnership = hasShape<OwnershipState>({ decided: 'object or null' });

/** What a person says of an account. */
export type StatedOwnership = Pick<OwnershipDecided['data'], 'decision' | 'identityId' | 'kind'>;

/** The same again is no decision. */
export function decideOwnership(
  stated: StatedOwnership & Pick<OwnershipDecided['data'], 'connector' | 'accountId' | 'decidedBy' | 'decidedAt'>,
  reason: string,
  { decided }: OwnershipState,
): OwnershipDecided[] {
  const isSame =
    decided !== null &&
    decided.decision === stated.decision &&
    decided.identityId === stated.identityId &&
    decided.kind === stated.kind;
  if (isSame || (decided === null && stated.decision === 'open')) return [];
  return [
    {
      type: 'OwnershipDecided',
      v: 1,
      data: stated,
      personal: { reason: { subject: stated.decidedBy, fields: { reason } } },
    },
  ];
}
