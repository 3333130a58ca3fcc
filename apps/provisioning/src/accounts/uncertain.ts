import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { AccountEvent, Attributes, DriftDecided, OperationFailed } from './account.events.js';

/**
 * Parts of the account that may differ from what the hub wrote last: a change was closed whose effect is unknown. It
 * is written again before the account counts as in sync. Keys of entitlements (the account itself: whether it may be
 * used), and attributes.
 */
export type Uncertain = readonly string[];

export const attributeKey = (path: string): string => `attribute ${path}`;

/** @param written what the open operation writes; null for none */
export function uncertainAfter(known: Uncertain, event: AccountEvent, written: Attributes | null): Uncertain {
  const attributes = Object.keys(written ?? {}).map(attributeKey);
  switch (event.type) {
    case 'OperationFailed':
      return [...new Set([...known, ...left(event.data, attributes)])];
    case 'AccountUpdated':
      return known.filter((one) => !attributes.includes(one));
    case 'AccountEnabled':
    case 'AccountDisabled':
    case 'MembershipAdded':
    case 'MembershipRemoved':
    case 'RoleGranted':
    case 'RoleRevoked':
      return known.filter((one) => one !== entitlementKey(event.data.entitlement));
    case 'DriftDecided':
      return [...new Set([...known, ...doubted(event.data)])];
    case 'AccountCreated':
    case 'AccountAdopted':
    case 'AccountDeleted':
      return [];
    default:
      return known;
  }
}

/** What is to be written again. */
function doubted({ decision, code, target, entitlement }: DriftDecided['data']): Uncertain {
  if (decision === 'adopt' || code === 'membership-added') return [];
  return [target === null ? entitlementKey(entitlement) : attributeKey(target)];
}

/** What is unknown after an operation. An operation whose outcome is still looked up stays open instead. */
function left({ effect, effectUnknown, kind, entitlement }: OperationFailed['data'], attributes: Uncertain): Uncertain {
  if (effect !== 'unknown' || effectUnknown) return [];
  switch (kind) {
    case 'update-account':
      return attributes;
    case 'disable-account':
    case 'delete-account':
    case 'remove-member':
    case 'revoke-role':
      return [entitlementKey(entitlement)];
    default:
      return [];
  }
}
