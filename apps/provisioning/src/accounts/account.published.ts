import { actorId } from '#libs/auth/caller.js';
import {
  attentionDismissed,
  attributesPulled,
  type AccountEventType,
  type AttentionDismissedMessage,
  type AttributesPulledMessage,
  type OperationEventType,
  type ResultMessage,
} from '#libs/contracts/provisioning-results.js';
import { driftDecided, type DriftDecidedMessage } from '#libs/contracts/drift.js';
import { entitlementOf } from '#libs/contracts/entitlement.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { unreachable, type RecordedFact } from '#libs/event-store/core.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { AccountEvent, DriftDecided, OperationTerms } from './account.events.js';

/** Each intent, each outcome and each decision of a person is one message on `hub.provisioning.results`. */
export function publishedAccount(fact: RecordedFact<AccountEvent>): PublicMessage[] {
  switch (fact.type) {
    case 'WriteStarted': {
      const written = fact.personal.account.fields?.written;
      return [
        message(fact, 'hub.provisioning.operation.started.v1', {
          ...bodyOf(fact.data),
          ...said({ written }),
        }),
      ];
    }
    case 'OperationStarted':
      return [message(fact, 'hub.provisioning.operation.started.v1', bodyOf(fact.data))];
    case 'OperationFailed': {
      const { status, code, willRetry, effect } = fact.data;
      const detail = fact.personal.account.fields?.detail;
      const body = { ...bodyOf(fact.data), status, code, willRetry, ...said({ effect, detail }) };
      return [message(fact, outcomes[fact.type], body)];
    }
    case 'AccountAdopted':
    case 'AccountCreated':
    case 'AccountUpdated':
    case 'AccountEnabled':
    case 'MembershipAdded':
    case 'RoleGranted': {
      const { status, seen } = fact.data;
      const body = { ...bodyOf(fact.data), status, ...inSyncOf(fact.data), ...said({ seen }) };
      return [message(fact, outcomes[fact.type], body)];
    }
    case 'AccountDisabled':
    case 'AccountDeleted':
    case 'MembershipRemoved':
    case 'RoleRevoked': {
      const { status, verified, verifiable, confirmedBy } = fact.data;
      const body = {
        ...bodyOf(fact.data),
        status,
        verified,
        ...said({ verifiable, confirmedBy }),
        ...inSyncOf(fact.data),
      };
      return [message(fact, outcomes[fact.type], body)];
    }
    case 'AccountInSync':
      return [
        message(
          fact,
          'hub.provisioning.account.in-sync.v1',
          bodyOf({ ...fact.data, kind: 'in-sync', entitlement: { account: true } }),
        ),
      ];
    case 'AccountOutOfScope':
      return [
        message(
          fact,
          'hub.provisioning.account.out-of-scope.v1',
          bodyOf({ ...fact.data, kind: 'out-of-scope', entitlement: { account: true } }),
        ),
      ];
    case 'DeletionScheduled': {
      const terms = { ...fact.data, kind: 'deletion-scheduled', entitlement: { account: true } } as const;
      const body = { ...bodyOf(terms), dueAt: fact.data.dueAt };
      return [message(fact, 'hub.provisioning.account.deletion-scheduled.v1', body)];
    }
    case 'DeletionCancelled': {
      const terms = { ...fact.data, kind: 'deletion-cancelled', entitlement: { account: true } } as const;
      return [message(fact, 'hub.provisioning.account.deletion-cancelled.v1', bodyOf(terms))];
    }
    case 'DriftDetected': {
      const { code, target, class: drift } = fact.data;
      const detail = fact.personal.account.fields?.detail;
      const body = { ...bodyOf({ ...fact.data, kind: 'lookup' }), code, ...said({ target, drift, detail }) };
      return [message(fact, 'hub.provisioning.drift.detected.v1', body)];
    }
    case 'DriftDecided':
      return [decidedDrift(fact)];
    case 'AttributesPulled': {
      const { connector, application, identityId: identity, rules } = fact.data;
      const { attributes = {} } = fact.personal.account.fields ?? {};
      const precedence = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.precedence]));
      const body: AttributesPulledMessage = { connector, application, identity, precedence, attributes };
      return [messageOf(serviceName, fact, { topic: topics.results, type: attributesPulled, key: identity, body })];
    }
    case 'AttentionDismissed': {
      const { connector, application, identityId: identity, code } = fact.data;
      const dismissedBy = actorId(fact.actor);
      const reason = fact.personal?.reason.fields ?? {};
      const body: AttentionDismissedMessage = { connector, application, identity, code, dismissedBy, ...reason };
      return [messageOf(serviceName, fact, { topic: topics.results, type: attentionDismissed, key: identity, body })];
    }
    default:
      return unreachable(fact);
  }
}

function decidedDrift(fact: RecordedFact<DriftDecided>): PublicMessage {
  const {
    connector,
    application,
    identityId: identity,
    drift,
    code,
    decision,
    target,
    entitlement,
    decidedBy,
  } = fact.data;
  const { kind, name } = entitlementOf('', entitlement);
  const body: DriftDecidedMessage = {
    connector,
    application,
    identity,
    drift,
    code,
    decision,
    ...(target === null ? {} : { target }),
    ...(name === null ? {} : { [kind]: name }),
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(fact.personal.reason?.fields ?? {}),
  };
  return messageOf(serviceName, fact, { topic: topics.results, type: driftDecided, key: identity, body });
}

/** Public types of outcomes, the same in the provisioning log and in the audit log. */
export const outcomes = {
  AccountAdopted: 'hub.provisioning.account.adopted.v1',
  AccountCreated: 'hub.provisioning.account.created.v1',
  AccountUpdated: 'hub.provisioning.account.updated.v1',
  AccountEnabled: 'hub.provisioning.account.enabled.v1',
  AccountDisabled: 'hub.provisioning.account.disabled.v1',
  AccountDeleted: 'hub.provisioning.account.deleted.v1',
  MembershipAdded: 'hub.provisioning.membership.added.v1',
  MembershipRemoved: 'hub.provisioning.membership.removed.v1',
  RoleGranted: 'hub.provisioning.role.granted.v1',
  RoleRevoked: 'hub.provisioning.role.revoked.v1',
  OperationFailed: 'hub.provisioning.operation.failed.v1',
} as const satisfies Record<string, AccountEventType | OperationEventType>;

function message(
  fact: RecordedFact<AccountEvent>,
  type: OperationEventType | AccountEventType,
  body: ResultMessage,
): PublicMessage {
  return messageOf(serviceName, fact, { topic: topics.results, type, key: fact.data.identityId, body });
}

type Said<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields that say something. */
function said<Fields extends object>(fields: Fields): Said<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as Said<Fields>;
}

const inSyncOf = ({ inSync }: { readonly inSync?: true }): { inSync?: true } => (inSync === true ? { inSync } : {});

function bodyOf(terms: Omit<OperationTerms, 'kind'> & { readonly kind: ResultMessage['kind'] }): ResultMessage {
  const { operation, kind, connector, application, identityId, accountId, entitlement, desired, because, reason } =
    terms;
  const { kind: entitled, name } = entitlementOf('', entitlement);
  return {
    operation,
    kind,
    connector,
    application,
    identity: identityId,
    account: accountId,
    ...(name === null ? {} : { [entitled]: name }),
    desiredEpoch: desired.epoch,
    desiredSequence: desired.sequence,
    because,
    ...said({ reason }),
  };
}
