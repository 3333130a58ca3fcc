import type { AssignmentTerms } from './access.events.js';
import type { Access } from './access-state.js';
import { EmergencyNotOpen } from './access.errors.js';
import type { Emergency, EmergencyReviewed } from './emergency.events.js';

/** What is to be reviewed of an assignment; nothing for one that was not taken in an emergency. */
export function emergencyOf({ assignmentId, identityId, packageId, cause, since }: AssignmentTerms): Emergency[] {
  return cause.type === 'break-glass' ? [{ assignmentId, identityId, packageId, takenAt: since }] : [];
}

/** @throws EmergencyNotOpen */
export function review(
  assignmentId: string,
  by: Pick<EmergencyReviewed['data'], 'outcome' | 'reviewedBy' | 'reviewedAt'> & { readonly comment: string },
  { emergencies }: Access,
): EmergencyReviewed[] {
  const emergency = emergencies.find((one) => one.assignmentId === assignmentId);
  if (emergency === undefined) throw new EmergencyNotOpen('this emergency has been reviewed already', { assignmentId });
  const { comment, ...decided } = by;
  const personal = { emergency: { subject: emergency.identityId, fields: { comment } } };
  return [{ type: 'EmergencyReviewed', v: 1, data: { emergency, ...decided }, personal }];
}
