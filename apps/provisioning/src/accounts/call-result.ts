import { takenBy } from '#libs/contracts/operation-effects.js';
import type { Effect, Seen } from '#libs/contracts/provisioning-results.js';
import type { FailureTerms } from '#libs/outgoing/failure.js';
import type { OpenOperation } from './account-state.js';
import type { AccountEvent, Attributes, OperationFailed, OperationTerms } from './account.events.js';

/** The result of an operation's call, or of a look-up after it. */
export type CallResult =
  | { readonly is: 'created'; readonly accountId: string; readonly status: number | null; readonly seen: Seen }
  | {
      readonly is: 'adopted';
      readonly accountId: string;
      readonly active: boolean;
      readonly observed: Attributes;
      readonly seen: Seen;
    }
  /** `verified`: read back, where the operation takes something away; `seen`: where it gives something. */
  | {
      readonly is: 'done';
      readonly status: number | null;
      readonly verified: boolean;
      /** Taken away, and the application cannot show it. */
      readonly verifiable?: false;
      readonly seen?: Seen;
      /** Of an addition: the application's id of what was granted. */
      readonly grantedId?: string;
      /** The answer shows that somebody else disabled the account. */
      readonly inactive?: true;
    }
  /** There is no such account any more. */
  | { readonly is: 'gone'; readonly status: number | null }
  | { readonly is: 'failed'; readonly failure: FailureTerms; readonly absentBefore: boolean }
  /** It did not take effect, and its call can no longer be running. */
  | { readonly is: 'not-done' }
  /** `effect`: of the call that was looked for; absent where none had left. */
  | { readonly is: 'disputed'; readonly code: string; readonly detail: string; readonly effect?: Effect };

/**
 * The fact of a result. Every started operation gets exactly one fact that closes it, or stays open as `effectUnknown`.
 */
export function toFact(open: OpenOperation, result: CallResult, at: string): AccountEvent {
  const terms = termsOf(open);
  switch (result.is) {
    case 'created': {
      const { accountId, status, seen } = result;
      return { type: 'AccountCreated', v: 2, data: { ...terms, accountId, status, seen, ...placeOf(open) } };
    }
    case 'adopted': {
      const { accountId, active, observed, seen } = result;
      const personal = { account: { subject: open.identityId, fields: { observed } } };
      return {
        type: 'AccountAdopted',
        v: 2,
        data: { ...terms, accountId, status: 200, active, seen, ...placeOf(open) },
        personal,
      };
    }
    case 'done':
      return done(terms, result);
    case 'gone':
      return takenBy(terms.kind) !== null
        ? { type: 'AccountDeleted', v: 2, data: { ...terms, status: result.status, verified: true, ...placeOf(open) } }
        : failed(open, at, { status: result.status, code: 'gone', willRetry: true, effect: 'none' });
    case 'failed': {
      const { status, code, effectUnknown, detail, ticket } = result.failure;
      const { absentBefore } = result;
      return failed(open, at, {
        ...(ticket === undefined ? {} : { ticket }),
        status,
        code,
        willRetry: willRetry(result.failure),
        effectUnknown,
        absentBefore,
        effect: effectOf(result.failure),
        detail,
      });
    }
    case 'not-done':
      return failed(open, at, { status: null, code: 'lost', willRetry: true, effect: 'none' });
    case 'disputed': {
      const { code, detail, effect = 'none' } = result;
      return failed(open, at, { status: null, code, willRetry: false, effect, detail });
    }
  }
}

/** The group of a membership has another name in the application now. */
export function renamedThere(open: OpenOperation, at: string): AccountEvent {
  const detail = `the group has another name in the application: a person must decide whether its member keeps that access`;
  const personal = { account: { subject: open.identityId, fields: { detail } } };
  return { type: 'DriftDetected', v: 2, data: { ...termsOf(open), code: 'renamed-group', detectedAt: at }, personal };
}

/** Somebody disabled the account in the application. */
export function disabledThere(open: OpenOperation, at: string): AccountEvent {
  const personal = {
    account: { subject: open.identityId, fields: { detail: 'the answer shows the account as inactive' } },
  };
  return { type: 'DriftDetected', v: 2, data: { ...termsOf(open), code: 'inactive', detectedAt: at }, personal };
}

/** Closes an open operation without a call: it will be repeated, or is no longer wanted. */
export function close(open: OpenOperation, maybeGranted: boolean, at: string): OperationFailed {
  return failed(open, at, { status: null, code: 'lost', willRetry: true, effect: 'unknown', maybeGranted });
}

/** True unless the application will never accept it. */
export function willRetry({ class: kind }: FailureTerms): boolean {
  return kind !== 'validation' && kind !== 'conflict';
}

function termsOf(open: OpenOperation): OperationTerms {
  const { operation, kind, connector, application, identityId, accountId, entitlement, desired, because, reason } =
    open;
  const about = { operation, kind, connector, application, identityId, accountId, entitlement, desired, because };
  return reason === undefined ? about : { ...about, reason };
}

function placeOf({ place }: OpenOperation): { place?: string } {
  return place === undefined ? {} : { place };
}

/** A change with a successful answer that a reading does not show may still happen. */
function effectOf({ class: kind, effectUnknown }: FailureTerms): Effect {
  return effectUnknown || kind === 'silent-failure' ? 'unknown' : 'none';
}

function done(
  terms: OperationTerms,
  { status, verified, verifiable, seen, grantedId }: Extract<CallResult, { is: 'done' }>,
): AccountEvent {
  const taken = { ...terms, status };
  const removed = { ...taken, verified, ...(verifiable === undefined ? {} : { verifiable }) };
  const data = { ...taken, ...(seen === undefined ? {} : { seen }) };
  switch (terms.kind) {
    case 'create-account':
      return { type: 'AccountCreated', v: 2, data };
    case 'update-account':
      return { type: 'AccountUpdated', v: 2, data };
    case 'enable-account':
      return { type: 'AccountEnabled', v: 2, data };
    case 'disable-account':
      return { type: 'AccountDisabled', v: 2, data: removed };
    case 'delete-account':
      return { type: 'AccountDeleted', v: 2, data: removed };
    case 'add-member':
      return { type: 'MembershipAdded', v: 2, data: { ...data, ...(grantedId === undefined ? {} : { grantedId }) } };
    case 'remove-member':
      return { type: 'MembershipRemoved', v: 2, data: removed };
    case 'grant-role':
      return { type: 'RoleGranted', v: 2, data: { ...data, ...(grantedId === undefined ? {} : { grantedId }) } };
    case 'revoke-role':
      return { type: 'RoleRevoked', v: 2, data: removed };
  }
}

interface Failing {
  readonly status: number | null;
  readonly code: string;
  readonly willRetry: boolean;
  readonly effect: Effect;
  readonly effectUnknown?: boolean;
  readonly absentBefore?: boolean;
  readonly maybeGranted?: boolean;
  readonly detail?: string;
  readonly ticket?: string;
}

function failed(open: OpenOperation, failedAt: string, failing: Failing): OperationFailed {
  const {
    status,
    code,
    willRetry: again,
    effect,
    effectUnknown = false,
    absentBefore = false,
    maybeGranted = false,
    detail = '',
    ticket,
  } = failing;
  return {
    type: 'OperationFailed',
    v: 2,
    data: {
      ...termsOf(open),
      status,
      code,
      willRetry: again,
      effect,
      effectUnknown,
      absentBefore,
      maybeGranted,
      ...(ticket === undefined ? {} : { ticket }),
      failedAt,
    },
    personal: { account: { subject: open.identityId, fields: { detail } } },
  };
}
