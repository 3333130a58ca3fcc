import type { PublicMessage } from '#libs/event-bus/message.js';
import type { RecordedFact } from '#libs/event-store/core.js';
import { identityChanged, type IdentityMessage } from '#libs/contracts/identities.js';
import { topics } from '#libs/contracts/topics.js';
import { messageOf } from '#libs/event-bus/message-of.js';
import { serviceName } from '../service-name.js';
import type { IdentityEvent } from './identity.events.js';
import { attributesOf } from './identity.js';

/** The message body of a forgotten person, in the form of the contract. */
const forgotten = { employeeId: '', familyName: '', hireDate: '0001-01-01' };
const nobody = { displayName: '', userName: '', tokenSubjects: [] };

/** Every change of an identity is its whole state on `hub.governance.identities`. */
export function publishedIdentity(fact: RecordedFact<IdentityEvent>): PublicMessage[] {
  const state = { ...fact.data, person: fact.personal.identity.fields };
  const attributes = attributesOf(state);
  const { displayName, userName, tokenSubjects } = state.person ?? nobody;
  const body: IdentityMessage = {
    identity: state.identityId,
    status: state.status,
    kind: state.kind,
    subjects: state.employments.map(({ workerId }) => workerId),
    manager: state.managerId,
    ...(state.lockedDown === true ? { lockedDown: true } : {}),
    employeeId: attributes?.employeeId ?? null,
    displayName,
    userName,
    tokenSubjects,
    attributes: attributes ?? forgotten,
  };
  return [
    messageOf(serviceName, fact, {
      topic: topics.identities,
      type: identityChanged,
      key: state.identityId,
      urgent: fact.type === 'IdentityLeft',
      body,
    }),
  ];
}
