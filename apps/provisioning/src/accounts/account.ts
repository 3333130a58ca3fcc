import { entitlementKey, isAccount as isOfAccount } from '#libs/contracts/entitlement.js';
import { unreachable, type Fold } from '#libs/event-store/core.js';
import { noAccount, without, type Account, type Granted } from './account-state.js';
import type { Pulled } from './pull.js';
import type {
  AccountAdopted,
  AttributesPulled,
  AccountCreated,
  AccountEvent,
  DriftDecided,
  DriftDetected,
  MembershipAdded,
  RoleGranted,
  Attributes,
  DesiredVersion,
  OperationFailed,
  OperationKind,
} from './account.events.js';
import { uncertainAfter } from './uncertain.js';
import { unverifiedAfter } from './unverified-removals.js';

/** Code of a creation that succeeded, with an id that can be sent but not stored. */
export const unkeptId = 'unkept-id';

/** The state of an account from its facts. */
export const account: Fold<Account, AccountEvent> = {
  version: 11,
  initial: noAccount,
  evolve: (state, event) => {
    // A confirmation changes only what is not confirmed yet.
    const isWord = 'confirmedBy' in event.data && event.data.confirmedBy !== undefined;
    if (isWord) return { ...state, unverified: unverifiedAfter(state, event) };
    const uncertain = uncertainAfter(state.uncertain, event, state.open?.written ?? null);
    const next = { ...evolved(state, event), unverified: unverifiedAfter(state, event), uncertain };
    return 'inSync' in event.data ? { ...next, inSync: event.data.desired, outOfScope: null } : next;
  },
};

/**
 * The same outcome, which also says that nothing differs any more from this version of desired access; null for what is
 * no outcome of it. This saves one fact, one message and one log entry for each account.
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
    case 'MembershipRemoved':
    case 'RoleGranted':
    case 'RoleRevoked': {
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
    case 'DriftDecided':
      return decided(state, event);
    case 'AccountDisabled':
      return { ...there(state), status: 'disabled' };
    case 'AccountEnabled':
      return { ...there(state), status: 'active', because: event.data.because, deletion: null };
    case 'AccountDeleted':
      return { ...noAccount, status: 'deleted', former: formerOf(state, event.data.place) };
    case 'MembershipAdded':
    case 'RoleGranted':
      return granted(state, event.data);
    case 'MembershipRemoved':
    case 'RoleRevoked':
      return {
        ...there(state),
        granted: without(state.granted, entitlementKey(event.data.entitlement)),
      };
    case 'AccountInSync':
      return { ...state, inSync: event.data.desired, outOfScope: null };
    case 'AccountOutOfScope':
      return { ...state, inSync: null, outOfScope: event.data.desired };
    case 'DeletionScheduled': {
      const { since, dueAt } = event.data;
      return { ...state, deletion: { since, dueAt } };
    }
    case 'DeletionCancelled':
      return { ...state, deletion: null };
    case 'AttributesPulled':
      return { ...state, pulled: pulledBy(event) };
    case 'AttentionDismissed':
      return state;
    default:
      return unreachable(event);
  }
}

/** Of a forgotten person nothing is known. */
function pulledBy({ data, personal }: AttributesPulled): Pulled {
  const { attributes = {} } = personal.account.fields ?? {};
  const values = Object.entries(data.rules).map(([name, rule]) => [name, { ...rule, value: attributes[name] ?? '' }]);
  return Object.fromEntries(values) as Pulled;
}

function created(state: Account, data: AccountCreated['data']): Account {
  const { accountId, because } = data;
  const place = data.place ?? null;
  const written = state.open?.written ?? {};
  const madeAt = state.open?.startedAt ?? null;
  return { ...noAccount, inSync: state.inSync, status: 'active', accountId, because, written, place, madeAt };
}

function adopted({ former }: Account, { data, personal }: AccountAdopted): Account {
  const { accountId, because, active, desired, place = null } = data;
  const written = personal.account.fields?.observed ?? {};
  const status = active ? 'active' : 'disabled';
  const kept: Account['granted'] = former?.accountId === accountId ? former.granted : {};
  const granted: Account['granted'] = Object.fromEntries(
    Object.entries(kept).map(([key, one]) => [key, { ...one, id: null }]),
  );
  return { ...noAccount, status, accountId, because, written, place, granted, adoptedAt: desired };
}

function granted(
  state: Account,
  { entitlement, grantedId, because }: (MembershipAdded | RoleGranted)['data'],
): Account {
  const added: Granted = { entitlement, because, id: grantedId ?? null };
  return { ...there(state), granted: { ...state.granted, [entitlementKey(entitlement)]: added } };
}

function drifted(state: Account, { code }: DriftDetected['data']): Account {
  if (code === 'inactive' && state.status === 'active') return { ...state, status: 'disabled' };
  return code === 'reactivated' && state.status === 'disabled' ? { ...state, status: 'active' } : state;
}

/** What is to be written again is uncertain; what the hub takes away was given by it, from then on. */
function decided(state: Account, { data, personal }: DriftDecided): Account {
  const { decision, code, target, entitlement, grantedId } = data;
  if (decision === 'adopt') return target === null ? state : keeping(state, target, personal.account.fields);
  if (code !== 'membership-added') return state;
  const taken: Granted = { entitlement, because: [], id: grantedId };
  return { ...state, granted: { ...state.granted, [entitlementKey(entitlement)]: taken } };
}

/** Of a forgotten person nothing is kept. */
function keeping(state: Account, target: string, fields: DriftDecided['personal']['account']['fields']): Account {
  if (fields === null || fields === undefined) return state;
  const kept = { ...state.kept, [target]: fields.desired };
  return { ...state, kept, written: merged(state.written, { [target]: fields.observed ?? null }) };
}

function failed(state: Account, data: OperationFailed['data']): Account {
  const { effectUnknown, failedAt, code } = data;
  if (effectUnknown) return { ...state, open: lost(state.open, data) };
  if (code === 'gone' && needsAccount(data.kind))
    return { ...noAccount, inSync: state.inSync, former: formerOf(state, undefined) };
  if (code === unkeptId && data.kind === 'create-account') return { ...state, open: null, unkept: nameIn(state.open) };
  if (code === 'account-missing') return { ...state, open: null, missingSince: state.missingSince ?? failedAt };
  if (code === 'found-and-gone') return { ...state, open: null, missingSince: null };
  return { ...state, open: null, ...(data.maybeGranted ? maybeGranted(state, data) : {}) };
}

function lost(open: Account['open'], { failedAt, absentBefore, ...data }: OperationFailed['data']): Account['open'] {
  if (open === null) return null;
  const ticket = data.ticket ?? open.lost?.ticket;
  return { ...open, lost: { at: failedAt, absentBefore, ...(ticket === undefined ? {} : { ticket }) } };
}

/** It may have been enabled: the account of a leaver must be disabled again. */
function maybeGranted(
  { granted, status }: Account,
  { entitlement, because, kind }: OperationFailed['data'],
): Pick<Account, 'granted' | 'status'> {
  if (isOfAccount(entitlement)) return { granted, status: kind === 'enable-account' ? 'active' : status };
  const key = entitlementKey(entitlement);
  return { granted: { ...granted, [key]: { entitlement, because, id: granted[key]?.id ?? null } }, status };
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
  { accountId, place: known, written, granted, former }: Account,
  place: string | undefined,
): Account['former'] {
  if (accountId === null) return former === null ? null : { ...former, place: place ?? former.place };
  const { userName } = written;
  return { accountId, place: place ?? known, userName: typeof userName === 'string' ? userName : null, granted };
}

/** An operation that needs the account did not find it: everything that is known about it is invalid. */
function needsAccount(kind: OperationKind): boolean {
  return kind !== 'create-account';
}

/** Null clears. */
function merged(before: Attributes, changes: Attributes): Attributes {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
}
