import type { ConnectorDocument, Remedy } from '../connectors/connectors.exports.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import type { Difference } from './compare.js';

/**
 * What the connector says of a difference. Where somebody enabled an account that the hub disabled, it is disabled again in
 * any case: nobody may use it. What is authoritative nobody holds but who should. Another form of the same value, and what the application fills in, is only told.
 */
export function remedyOf(
  { code, target, entitlement, class: how }: Pick<Difference, 'code' | 'target' | 'entitlement' | 'class'>,
  { remediate, attributes }: Pick<ConnectorDocument['reconcile'], 'remediate' | 'attributes'>,
  isAuthoritative: (entitlement: Difference['entitlement']) => boolean = () => false,
): Remedy {
  if (code === 'reactivated' || (code === 'membership-added' && isAuthoritative(entitlement))) return 'revert';
  const about = target ?? aboutOf(entitlement);
  const own = attributes.find((one) => one.target === about)?.remediate;
  if (own !== undefined) return own;
  return how === 'normalised' || how === 'schema-default' ? 'report' : remediate;
}

/** `account`, `groups` or `roles`, as the document names them beside attributes. */
function aboutOf(entitlement: Difference['entitlement']): string {
  const { kind } = entitlementOf('', entitlement);
  return kind === 'account' ? kind : `${kind}s`;
}
