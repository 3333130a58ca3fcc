import type { EntitlementKind } from './entitlement.js';
import type { ResultMessage } from './provisioning-results.js';

/** What an operation does to one kind of entitlement: it gives it, or takes it away. */
interface OperationEffect {
  readonly gives: EntitlementKind | null;
  readonly takes: EntitlementKind | null;
}

const nothing: OperationEffect = { gives: null, takes: null };
const gives = (kind: EntitlementKind): OperationEffect => ({ ...nothing, gives: kind });
const takes = (kind: EntitlementKind): OperationEffect => ({ ...nothing, takes: kind });

function effectOf(kind: ResultMessage['kind']): OperationEffect {
  switch (kind) {
    case 'create-account':
    case 'enable-account':
      return gives('account');
    case 'disable-account':
    case 'delete-account':
      return takes('account');
    case 'add-member':
      return gives('group');
    case 'remove-member':
      return takes('group');
    case 'grant-role':
      return gives('role');
    case 'revoke-role':
      return takes('role');
    case 'lookup':
    case 'update-account':
    case 'create-group':
    case 'in-sync':
    case 'out-of-scope':
    case 'deletion-scheduled':
    case 'deletion-cancelled':
      return nothing;
  }
}

/** The kind of entitlement that an operation gives; null where it gives none. */
export const givenBy = (kind: ResultMessage['kind']): EntitlementKind | null => effectOf(kind).gives;
/** The kind that it takes away. */
export const takenBy = (kind: ResultMessage['kind']): EntitlementKind | null => effectOf(kind).takes;

/** The kind of entitlement that an outcome says was taken away; null for other outcomes. */
export function takenAwayBy(type: string): EntitlementKind | null {
  switch (type) {
    case 'hub.provisioning.account.disabled.v1':
    case 'hub.provisioning.account.deleted.v1':
      return 'account';
    case 'hub.provisioning.membership.removed.v1':
      return 'group';
    case 'hub.provisioning.role.revoked.v1':
      return 'role';
    default:
      return null;
  }
}
