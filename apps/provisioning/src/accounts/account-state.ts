import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import { hasShape } from '#libs/event-store/core.js';
import type { Attributes, DesiredVersion, OperationTerms } from './account.events.js';
import type { Pulled } from './pull.js';
import type { Uncertain } from './uncertain.js';

/** An operation without outcome: its call may be running, or may have taken effect unseen. */
export interface OpenOperation extends OperationTerms {
  readonly startedAt: string;
  /** Where the call was to go; absent in facts older than the field. */
  readonly place?: string;
  /** What a creation or update writes; null for others. */
  readonly written: Attributes | null;
  /** Set when no answer came; null while nothing is known. */
  readonly lost: { readonly at: string; readonly absentBefore: boolean; readonly ticket?: string } | null;
}

/** An entitlement that needs an account in the same application, with the ids of the assignments that justify it. */
export interface Holding {
  readonly entitlement: EntitlementFields;
  readonly because: readonly string[];
}

/** A holding that the hub granted. */
export interface Granted extends Holding {
  /** The application's own id of it; null where it was not stored. */
  readonly id: string | null;
}

/** What the hub knows of one person's account in one application. */
export interface Account {
  readonly status: 'absent' | 'active' | 'disabled' | 'deleted';
  /** The application's own id; null while there is no account. */
  readonly accountId: string | null;
  /** What the hub wrote last. */
  readonly written: Attributes;
  /** Assignment ids that justified the account last. */
  readonly because: readonly string[];
  /** What the hub granted with the account, by the key of the entitlement. */
  readonly granted: Readonly<Record<string, Granted>>;
  readonly open: OpenOperation | null;
  /** The place where the application's id was found out; null while there is no account, or before places were stored. */
  readonly place: string | null;
  /** When the hub began to create the account; null when it did not, or when this is unknown. */
  readonly madeAt: string | null;
  /** Since when every look-up of its id found nothing; null while it is found. */
  readonly missingSince: string | null;
  /** The account that counts as gone, and the place where it was missing: it may exist at another place. */
  readonly former: FormerAccount | null;
  /** The userName of an account of the hub whose id cannot be stored: it is looked up by that name each time. Null for none. */
  readonly unkept: string | null;
  /** Removals that the application cannot show, by kind and entitlement, until a person confirms them. */
  readonly unverified: Readonly<Record<string, UnverifiedRemoval>>;
  readonly uncertain: Uncertain;
  /** The desired access for which an existing account was adopted: the identifiers of the account stay unchanged until a later desired access. */
  readonly adoptedAt: DesiredVersion | null;
  readonly inSync: DesiredVersion | null;
  /** The desired access from which the connector's scope excludes the person; null while it does not. */
  readonly outOfScope: DesiredVersion | null;
  /** What the application made, and became attributes of the identity; absent while nothing did. */
  readonly pulled?: Pulled;
  /** By attribute: the desired value in whose place the application keeps its own, by decision; absent while there is none. */
  readonly kept?: Attributes;
  /** Of a disabled account: since when it is, and when it will be deleted; null where it will not. */
  readonly deletion: { readonly since: string; readonly dueAt: string } | null;
}

/** A removal that was answered with success, and that no reading can show. */
export interface UnverifiedRemoval extends OperationTerms {
  readonly since: string;
}

export interface FormerAccount {
  readonly accountId: string;
  readonly place: string | null;
  readonly userName: string | null;
  readonly granted: Account['granted'];
}

/** Before anything happened. */
export const noAccount: Account = {
  status: 'absent',
  accountId: null,
  written: {},
  because: [],
  granted: {},
  open: null,
  place: null,
  madeAt: null,
  missingSince: null,
  former: null,
  unkept: null,
  unverified: {},
  uncertain: [],
  adoptedAt: null,
  inSync: null,
  outOfScope: null,
  deletion: null,
};

/** A row holds the state of an account. */
export const isAccount = hasShape<Account>({
  status: ['absent', 'active', 'disabled', 'deleted'],
  accountId: 'any',
  written: 'object',
  because: 'list',
  granted: 'object',
  open: 'object or null',
  place: 'any',
  madeAt: 'any',
  missingSince: 'any',
  former: 'object or null',
  unkept: 'any',
  unverified: 'object',
  uncertain: 'list',
  adoptedAt: 'object or null',
  inSync: 'object or null',
  outOfScope: 'object or null',
  deletion: 'object or null',
});

const termsShape = {
  operation: 'text',
  kind: 'text',
  connector: 'text',
  application: 'text',
  identityId: 'text',
  accountId: 'any',
  entitlement: 'object',
  desired: 'object',
  because: 'list',
} as const;

/** A row holds a removal that the application cannot show. */
export const isUnverifiedRemoval = hasShape<UnverifiedRemoval>({ ...termsShape, since: 'text' });

export function isSameVersion(known: DesiredVersion | null, { epoch, sequence }: DesiredVersion): boolean {
  return known?.epoch === epoch && known.sequence === sequence;
}

/** The same values without one of them. */
export function without<T>(all: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}
