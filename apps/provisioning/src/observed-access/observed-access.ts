import { isDeepStrictEqual } from 'node:util';
import {
  compareEntitlements,
  entitlementFields,
  entitlementKey,
  type EntitlementFields,
} from '#libs/contracts/entitlement.js';
import { hasShape, type Fold } from '#libs/event-store/core.js';
import type { AccessObserved, ObservedAccessEvent, ObservedEntitlement } from './observed-access.events.js';

/** What the newest reading that showed a difference showed of one person; null before the first. */
export type ObservedAccess = Pick<
  AccessObserved['data'],
  'connector' | 'application' | 'identityId' | 'accountId' | 'readAt' | 'entitlements'
> | null;

export const observedAccess: Fold<ObservedAccess, ObservedAccessEvent> = {
  version: 1,
  initial: null,
  evolve: (_, { data: { connector, application, identityId, accountId, readAt, entitlements } }) => ({
    connector,
    application,
    identityId,
    accountId,
    readAt,
    entitlements,
  }),
};

/** A row holds the state of a person's observed access. */
export const isObservedAccess = hasShape<NonNullable<ObservedAccess>>({
  connector: 'text',
  application: 'text',
  identityId: 'text',
  accountId: 'any',
  readAt: 'text',
  entitlements: 'list',
});

/** What an account gives, as the application shows it. */
export type ShownEntitlement = EntitlementFields & { readonly firstSeenAt: string };

/** One person's account, as a complete reading showed it. */
export interface ShownAccess {
  readonly accountId: string;
  /** False for an account that nobody can use. */
  readonly usable: boolean;
  readonly entitlements: readonly ShownEntitlement[];
  /** Keys of what the hub itself gave. */
  readonly givenByHub: ReadonlySet<string>;
}

/** What decides where observed access comes from. */
export interface ReadingTerms {
  /** The connector writes nothing: whatever is there was given by somebody else. */
  readonly observes: boolean;
  /** When the first complete reading was over; null while this is the first. */
  readonly firstReadAt: string | null;
}

/** All that the account gives now, with where it comes from. What was said of something that is still there stays. */
export function entitlementsOf(shown: ShownAccess, before: ObservedAccess, terms: ReadingTerms): ObservedEntitlement[] {
  if (!shown.usable) return [];
  const known = new Map((before?.entitlements ?? []).map((one) => [entitlementKey(one), one]));
  return shown.entitlements
    .map((one): ObservedEntitlement => {
      const former = known.get(entitlementKey(one));
      return former?.firstSeenAt === one.firstSeenAt ? former : observed(one, shown.givenByHub, terms);
    })
    .sort(compareEntitlements);
}

/** Nothing, where the reading shows what was known. */
export function observe(now: AccessObserved['data'], before: ObservedAccess): AccessObserved[] {
  if (before === null && now.entitlements.length === 0) return [];
  const isSame =
    before?.accountId === now.accountId &&
    before.application === now.application &&
    isDeepStrictEqual(before.entitlements, now.entitlements);
  return isSame ? [] : [{ type: 'AccessObserved', v: 1, data: now }];
}

function observed(
  one: ShownEntitlement,
  givenByHub: ReadonlySet<string>,
  { observes, firstReadAt }: ReadingTerms,
): ObservedEntitlement {
  const { firstSeenAt } = one;
  if (givenByHub.has(entitlementKey(one)))
    return { ...entitlementFields(one), origin: 'hub', firstSeenAt, sinceUnknown: false };
  const sinceUnknown = firstReadAt === null || firstSeenAt <= firstReadAt;
  return {
    ...entitlementFields(one),
    origin: sinceUnknown || observes ? 'as-found' : 'outside',
    firstSeenAt,
    sinceUnknown,
  };
}
