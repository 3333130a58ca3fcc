import type { AccessPackage } from '../catalog/catalog.exports.js';
import type { RefusalCode } from './access-request.errors.js';

/** What is known of a request before it is made. */
export interface Asking {
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly beneficiaryManagerId: string | null;
  readonly beneficiaryInactive: boolean;
  readonly eligible: boolean;
  readonly held: boolean;
  readonly open: boolean;
  /** Why too few people can decide; empty if enough can, or nobody has to. */
  readonly undecidable: readonly string[];
}

/** Why a request may not be made; null when it may. */
export function refusalOf(asking: Asking, { requestFor }: Pick<AccessPackage, 'requestFor'>): RefusalCode | null {
  if (requestFor === null) return 'request.nobody_may_ask';
  if (!mayAskFor(asking, requestFor)) return 'request.not_for_them';
  if (asking.beneficiaryInactive || !asking.eligible) return 'request.not_eligible';
  if (asking.held) return 'request.already_held';
  if (asking.open) return 'request.already_open';
  return asking.undecidable.length > 0 ? 'request.nobody_can_decide' : null;
}

function mayAskFor(
  { requesterId, beneficiaryId, beneficiaryManagerId }: Asking,
  requestFor: 'self' | 'team' | 'anyone',
): boolean {
  if (requestFor === 'anyone' || requesterId === beneficiaryId) return true;
  return requestFor === 'team' && beneficiaryManagerId === requesterId;
}
