import { uuidv5 } from '#libs/event-store/ids.js';
import type { Account, AccountEvent, DesiredVersion } from '../accounts/accounts.exports.js';
import type { Difference } from './compare.js';
import type { NewDrift } from './drift.store.js';

/** What a new difference is recorded as, with what the connector's policy makes of it. The server's own forms and defaults are no facts. */
export function driftFacts(
  connector: string,
  drift: NewDrift,
  { accountId, because }: Account,
  desired: DesiredVersion,
  at: string,
): AccountEvent[] {
  const { id, identityId, application, code, target, entitlement, class: how, policy } = drift;
  const told = how === 'changed-outside' || how === 'lost-write';
  const about = {
    operation: uuidv5(`drift/${id}`),
    kind: 'update-account',
    connector,
    application,
    identityId,
  } as const;
  const detected: AccountEvent = {
    type: 'DriftDetected',
    v: 2,
    data: {
      ...about,
      accountId,
      entitlement,
      desired,
      because,
      code,
      detectedAt: at,
      ...(target === null ? {} : { target }),
      class: how,
    },
    personal: { account: { subject: identityId, fields: { detail: wordsOf(drift) } } },
  };
  const decision = policy === 'revert' || policy === 'adopt' ? policy : null;
  return [
    ...(told ? [detected] : []),
    ...(decision === null ? [] : [decided(connector, drift, { decision, actor: null, reason: null, at })]),
  ];
}

/** Who decided what of a difference. */
export interface DriftDecision {
  readonly decision: 'revert' | 'adopt';
  /** UUID; null where the policy decided. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly at: string;
}

export function decided(
  connector: string,
  { id, identityId, application, ...difference }: Omit<NewDrift, 'policy' | 'accountId'>,
  { decision, actor, reason, at }: DriftDecision,
): AccountEvent {
  const { code, target, entitlement, grantedId, desired, observed } = difference;
  const told = actor === null || reason === null ? {} : { reason: { subject: actor, fields: { reason } } };
  return {
    type: 'DriftDecided',
    v: 1,
    data: {
      connector,
      application,
      identityId,
      drift: id,
      code,
      decision,
      target,
      entitlement,
      grantedId,
      decidedBy: actor,
      decidedAt: at,
    },
    personal: { account: { subject: identityId, fields: { desired, observed } }, ...told },
  };
}

/** Personal: values of the person. */
function wordsOf({ code, target, written, observed }: Difference): string {
  switch (code) {
    case 'attribute-changed':
      return `${target ?? ''}: ${textOf(written)} was written, ${textOf(observed)} is there`;
    case 'inactive':
      return 'somebody disabled the account in the application';
    case 'reactivated':
      return 'somebody enabled the account in the application';
    case 'account-missing':
      return 'the account is not there any more';
    case 'membership-missing':
      return 'the account does not hold it any more';
    case 'membership-added':
      return 'the account holds it, and the hub did not give it';
  }
}

const textOf = (value: unknown): string => (value === null || value === undefined ? 'nothing' : JSON.stringify(value));
