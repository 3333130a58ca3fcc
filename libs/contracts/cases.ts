/** Of `hub.operators`: what people said about something that waits for a person. Key and subject: the id of the event. */

export const caseCommented = 'hub.provisioning.case.commented.v1';
export const caseAssigned = 'hub.provisioning.case.assigned.v1';

export interface CaseMessage {
  readonly case: string;
  readonly connector: string;
  /** UUID of the actor: an identity, or the subject of a token without an identity. */
  readonly by: string;
  /** Who looks after it now; null: nobody in particular. */
  readonly assignee?: string | null;
  /** Personal to the actor. */
  readonly text?: string;
}
