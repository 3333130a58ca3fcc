import type { AssignmentMessage } from '#libs/contracts/decisions.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { foundGrant } from '../policy/policy.exports.js';
import { hourOf, told, type Notice, type NoticeKind, type NoticeSurroundings } from './notice.js';

const kinds = new Map<string, NoticeKind>([
  ['hub.governance.assignment.created.v1', 'certification-waiting'],
  ['hub.governance.assignment.certification-overdue.v1', 'certification-overdue'],
]);

/**
 * Owners of an application are told of what was found there and waits for their answer, and of what nobody has answered in time. A reading finds
 * many at once: one notice an hour for each application and owner.
 */
export function foundNotices(
  { type, body, time }: PublicMessage,
  { ownersOf }: Pick<NoticeSurroundings, 'ownersOf'>,
): Notice[] {
  const kind = kinds.get(type);
  if (kind === undefined) return [];
  // The type tells which body a message has.
  const { package: id, cause, identity: person } = body as AssignmentMessage;
  const application = foundGrant(id)?.application;
  if (cause.type !== 'as-found' || cause.certifiedBy !== null || application === undefined) return [];
  const owners = ownersOf(application);
  const when = { dueAt: time, key: `${application} ${hourOf(time)}` };
  return told(kind, owners.length > 0 ? owners : [null], { application, person, date: cause.certifyBy }, when);
}
