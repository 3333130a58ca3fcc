import { unreachable, type Fold } from '#libs/event-store/core.js';
import type {
  AccountEvent,
  Attributes,
  DesiredVersion,
  OperationFailed,
  OperationKind,
  OperationTerms,
} from './account.events.js';

/** An operation without outcome: its call may be running, or may have taken effect unseen. */
export interface OpenOperation extends OperationTerms {
  readonly startedAt: string;
  /** What a creation or update writes; null for others. */
  readonly written: Attributes | null;
  /** Set once its answer stayed away; null while nothing is known. */
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
  readonly open: OpenOperation | null;
  /** Desired access under which an account that was there before was taken over: its identifiers stay as they are until a later one. */
  readonly adoptedAt: DesiredVersion | null;
  readonly inSync: DesiredVersion | null;
}

const none: Account = {
  status: 'absent',
  accountId: null,
  written: {},
  because: [],
  groups: {},
  open: null,
  adoptedAt: null,
  inSync: null,
};

export const account: Fold<Account, AccountEvent> = {
  initial: none,
  evolve: (state, event) => {
    const next = evolved(state, event);
    return 'inSync' in event.data ? { ...next, inSync: event.data.desired } : next;
  },
};

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
    case 'AccountCreated': {
      const { accountId, because } = event.data;
      return {
        ...state,
        open: null,
        status: 'active',
        accountId,
        because,
        written: state.open?.written ?? {},
        groups: {},
      };
    }
    case 'AccountAdopted': {
      const { accountId, because, active, desired } = event.data;
      const written = event.personal.account.fields?.observed ?? {};
      return { ...none, status: active ? 'active' : 'disabled', accountId, because, written, adoptedAt: desired };
    }
    case 'AccountUpdated':
      return { ...state, open: null, written: merged(state.written, state.open?.written ?? {}) };
    case 'AccountDisabled':
      return { ...state, open: null, status: 'disabled' };
    case 'AccountEnabled':
      return { ...state, open: null, status: 'active', because: event.data.because };
    case 'AccountDeleted':
      return { ...none, status: 'deleted' };
    case 'MembershipAdded':
      return { ...state, open: null, groups: { ...state.groups, [event.data.group ?? '']: event.data.because } };
    case 'MembershipRemoved':
      return { ...state, open: null, groups: without(state.groups, event.data.group) };
    case 'AccountInSync':
      return { ...state, inSync: event.data.desired };
    case 'AttentionDismissed':
      return state;
    default:
      return unreachable(event);
  }
}

function failed(state: Account, data: OperationFailed['data']): Account {
  const { effectUnknown, absentBefore, failedAt, maybeGranted, group, because, code } = data;
  if (effectUnknown) {
    return { ...state, open: state.open === null ? null : { ...state.open, lost: { at: failedAt, absentBefore } } };
  }
  if (code === 'gone' && needsAccount(data.kind)) return { ...none, inSync: state.inSync };
  const groups = maybeGranted && group !== null ? { ...state.groups, [group]: because } : state.groups;
  // It may have been enabled after all: whoever left must be disabled again.
  const status = maybeGranted && data.kind === 'enable-account' ? 'active' : state.status;
  return { ...state, open: null, groups, status };
}

/** The account was not there for an operation that needs one: everything known of it is void. */
function needsAccount(kind: OperationKind): boolean {
  return kind !== 'create-account';
}

/** Null clears. */
function merged(before: Attributes, changes: Attributes): Attributes {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}

function without(groups: Account['groups'], name: string | null): Account['groups'] {
  return Object.fromEntries(Object.entries(groups).filter(([group]) => group !== name));
}
