import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type {
  AccountAdopted,
  AccountCreated,
  AccountEvent,
  DriftDetected,
  MembershipAdded,
  Attributes,
  DesiredVersion,
  OperationFailed,
  OperationKind,
  OperationTerms,
} from './account.events.js';

/** An operation without outcome: its call may be running, or may have taken effect unseen. */
export interface OpenOperation extends OperationTerms {
  readonly startedAt: string;
  /** Where the call was to go; absent in facts older than the field. */
  readonly place?: string;
  /** What a creation or update writes; null for others. */
  readonly written: Attributes | null;
  /** Set when no answer came; null while nothing is known. */
  readonly lost: { readonly at: string; readonly absentBefore: boolean } | null;
}

export interface Account {
  readonly status: 'absent' | 'active' | 'disabled' | 'deleted';
  /** The application's own id; null while there is no account. */
  readonly accountId: string | null;
  /** What the hub wrote last. */
  readonly written: Attributes;
  /** Assignment ids that justified the account last. */
  readonly because: readonly string[];
  /** Memberships the hub granted, each with the assignment ids that justified it. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The application's ids of these groups, as far as they were kept. */
  readonly groupIds: Readonly<Record<string, string>>;
  readonly open: OpenOperation | null;
  /** Where the application's id was learned; null while there is no account, or before places were kept. */
  readonly place: string | null;
  /** When the hub began to make the account; null when it did not, or is not known to have. */
  readonly madeAt: string | null;
  /** Since when each answer for its id was that there is none; null while it is there. */
  readonly missingSince: string | null;
  /** The account that counts as gone, and the place where it was missing: it may exist at another place. */
  readonly former: FormerAccount | null;
  /** userName of an account of ours whose id cannot be kept: it is looked for by that name each time. Null for none. */
  readonly unkept: string | null;
  /** Removals that the application cannot show, by kind and group, until a person confirms them. */
  readonly unverified: Readonly<Record<string, UnverifiedRemoval>>;
  /** Desired access under which an account that was there before was taken over: its identifiers stay as they are until a later one. */
  readonly adoptedAt: DesiredVersion | null;
  readonly inSync: DesiredVersion | null;
}

/** A removal that was answered with success, and that no reading can show. */
export interface UnverifiedRemoval extends OperationTerms {
  readonly since: string;
}

export interface FormerAccount {
  readonly accountId: string;
  readonly place: string | null;
  readonly userName: string | null;
  readonly groups: Account['groups'];
}

/** Code of a creation that took effect, and whose account has an id that can be sent and not stored. */
export const unkeptId = 'unkept-id';

const none: Account = {
  status: 'absent',
  accountId: null,
  written: {},
  because: [],
  groups: {},
  groupIds: {},
  open: null,
  place: null,
  madeAt: null,
  missingSince: null,
  former: null,
  unkept: null,
  unverified: {},
  adoptedAt: null,
  inSync: null,
};

export const account: Fold<Account, AccountEvent> = {
  version: 2,
  initial: none,
  evolve: (state, event) => {
    // A confirmation changes only what is not confirmed yet.
    const isWord = 'confirmedBy' in event.data && event.data.confirmedBy !== undefined;
    const next = { ...(isWord ? state : evolved(state, event)), unverified: unverifiedAfter(state, event) };
    return 'inSync' in event.data ? { ...next, inSync: event.data.desired } : next;
  },
};

/** What lies in a row is the state of an account. */
export const isAccount = hasShape<Account>({
  status: ['absent', 'active', 'disabled', 'deleted'],
  accountId: 'any',
  written: 'object',
  because: 'list',
  groups: 'object',
  groupIds: 'object',
  open: 'object or null',
  place: 'any',
  madeAt: 'any',
  missingSince: 'any',
  former: 'object or null',
  unkept: 'any',
  unverified: 'object',
  adoptedAt: 'object or null',
  inSync: 'object or null',
});

/**
 * The same outcome, which also says that nothing differs any more from this version of desired access; null for what is
 * no outcome of it. One fact, message and entry of the log for each account less than telling it apart.
 */
export function inSyncBy(event: AccountEvent | undefined, version: DesiredVersion): AccountEvent | null {
  switch (event?.type) {
    case 'AccountCreated':
    case 'AccountAdopted':
    case 'AccountUpdated':
    case 'AccountDisabled':
    case 'AccountEnabled':
    case 'AccountDeleted':
    case 'MembershipAdded':
    case 'MembershipRemoved': {
      const { epoch, sequence } = event.data.desired;
      if (epoch !== version.epoch || sequence !== version.sequence) return null;
      return { ...event, data: { ...event.data, inSync: true } } as AccountEvent;
    }
    default:
      return null;
  }
}

function evolved(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'WriteStarted':
      return { ...state, open: { ...event.data, written: event.personal.account.fields?.written ?? {}, lost: null } };
    case 'OperationStarted':
      return { ...state, open: { ...event.data, written: null, lost: null } };
    case 'OperationFailed':
      return failed(state, event.data);
    case 'AccountCreated':
      return created(state, event.data);
    case 'AccountAdopted':
      return adopted(state, event);
    case 'AccountUpdated':
      return { ...there(state), written: merged(state.written, state.open?.written ?? {}) };
    case 'DriftDetected':
      return drifted(state, event.data);
    case 'AccountDisabled':
      return { ...there(state), status: 'disabled' };
    case 'AccountEnabled':
      return { ...there(state), status: 'active', because: event.data.because };
    case 'AccountDeleted':
      return { ...none, status: 'deleted', former: formerOf(state, event.data.place) };
    case 'MembershipAdded':
      return memberAdded(state, event.data);
    case 'MembershipRemoved':
      return {
        ...there(state),
        groups: without(state.groups, event.data.group),
        groupIds: without(state.groupIds, event.data.group),
      };
    case 'AccountInSync':
      return { ...state, inSync: event.data.desired };
    case 'AttentionDismissed':
      return state;
    default:
      return unreachable(event);
  }
}

function created(state: Account, data: AccountCreated['data']): Account {
  const { accountId, because } = data;
  const place = data.place ?? null;
  const written = state.open?.written ?? {};
  const madeAt = state.open?.startedAt ?? null;
  return { ...none, inSync: state.inSync, status: 'active', accountId, because, written, place, madeAt };
}

function adopted({ former }: Account, { data, personal }: AccountAdopted): Account {
  const { accountId, because, active, desired, place = null } = data;
  const written = personal.account.fields?.observed ?? {};
  const status = active ? 'active' : 'disabled';
  const groups = former?.accountId === accountId ? former.groups : {};
  return { ...none, status, accountId, because, written, place, groups, adoptedAt: desired };
}

function memberAdded(state: Account, { group, groupId, because }: MembershipAdded['data']): Account {
  const name = group ?? '';
  const groupIds = groupId === undefined ? without(state.groupIds, name) : { ...state.groupIds, [name]: groupId };
  return { ...there(state), groups: { ...state.groups, [name]: because }, groupIds };
}

function drifted(state: Account, { code }: DriftDetected['data']): Account {
  return code === 'inactive' && state.status === 'active' ? { ...state, status: 'disabled' } : state;
}

function failed(state: Account, data: OperationFailed['data']): Account {
  const { effectUnknown, failedAt, code } = data;
  if (effectUnknown) return { ...state, open: lost(state.open, data) };
  if (code === 'gone' && needsAccount(data.kind))
    return { ...none, inSync: state.inSync, former: formerOf(state, undefined) };
  if (code === unkeptId && data.kind === 'create-account') return { ...state, open: null, unkept: nameIn(state.open) };
  if (code === 'account-missing') return { ...state, open: null, missingSince: state.missingSince ?? failedAt };
  if (code === 'found-and-gone') return { ...state, open: null, missingSince: null };
  return { ...state, open: null, ...(data.maybeGranted ? maybeGranted(state, data) : {}) };
}

function lost(open: Account['open'], { failedAt, absentBefore }: OperationFailed['data']): Account['open'] {
  return open === null ? null : { ...open, lost: { at: failedAt, absentBefore } };
}

/** It may have been enabled: the account of a leaver must be disabled again. */
function maybeGranted(state: Account, data: OperationFailed['data']): Pick<Account, 'groups' | 'status'> {
  const { group, because, kind } = data;
  const groups = group === null ? state.groups : { ...state.groups, [group]: because };
  return { groups, status: kind === 'enable-account' ? 'active' : state.status };
}

function nameIn(open: Account['open']): string | null {
  const name = open?.written?.['userName'];
  return typeof name === 'string' ? name : null;
}

/** The application knows the account: what was open is over. */
function there(state: Account): Account {
  return { ...state, open: null, missingSince: null };
}

/** @param place where it was found to be gone; where it was known unless given */
function formerOf(
  { accountId, place: known, written, groups, former }: Account,
  place: string | undefined,
): Account['former'] {
  if (accountId === null) return former === null ? null : { ...former, place: place ?? former.place };
  const { userName } = written;
  return { accountId, place: place ?? known, userName: typeof userName === 'string' ? userName : null, groups };
}

/** The account was not there for an operation that needs one: everything known of it is void. */
function needsAccount(kind: OperationKind): boolean {
  return kind !== 'create-account';
}

/** A person saw that what was taken away is gone; nothing when it was given again, or confirmed, meanwhile. */
export function confirmRemoval(
  { operation, confirmedBy }: { operation: string; confirmedBy: string },
  { unverified }: Account,
): AccountEvent[] {
  const removal = Object.values(unverified).find((one) => one.operation === operation);
  if (removal === undefined) return [];
  const { since, ...terms } = removal;
  const type = removalFacts[terms.kind as keyof typeof removalFacts];
  return [{ type, v: 1, data: { ...terms, status: null, verified: true, confirmedBy } }];
}

const removalFacts = {
  'disable-account': 'AccountDisabled',
  'delete-account': 'AccountDeleted',
  'remove-member': 'MembershipRemoved',
} as const;

/** One removal of an account: the group it left, or the kind of operation. */
function removalKey({ kind, group }: Pick<OperationTerms, 'kind' | 'group'>): string {
  return group === null ? kind : `${kind} ${group}`;
}

function unverifiedAfter({ unverified, open }: Account, event: AccountEvent): Account['unverified'] {
  switch (event.type) {
    case 'AccountDisabled':
    case 'AccountDeleted':
    case 'MembershipRemoved': {
      const { verifiable, verified, confirmedBy, ...terms } = event.data;
      const key = removalKey(terms);
      if (verifiable !== false || verified || confirmedBy !== undefined) return without(unverified, key);
      const { operation, kind, connector, application, identityId, accountId, group, desired, because } = terms;
      const taken = { operation, kind, connector, application, identityId, accountId, group, desired, because };
      return { ...unverified, [key]: { ...taken, since: open?.startedAt ?? '' } };
    }
    // Given again: the former removal is not relevant any more.
    case 'AccountEnabled':
      return without(unverified, 'disable-account');
    case 'MembershipAdded':
      return without(unverified, removalKey({ kind: 'remove-member', group: event.data.group }));
    case 'AccountCreated':
    case 'AccountAdopted':
      return {};
    default:
      return unverified;
  }
}

/** Null clears. */
function merged(before: Attributes, changes: Attributes): Attributes {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}

function without<T>(all: Readonly<Record<string, T>>, name: string | null): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}
