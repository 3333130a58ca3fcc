import type { AccessRequestEvent } from './access-request.events.js';

/** The texts of a request: why it was made, and the comment of each decision. */
export interface RequestHistory {
  readonly justification: string | null;
  readonly approvals: readonly {
    readonly approver: string;
    readonly decision: string;
    readonly at: string;
    readonly comment: string | null;
  }[];
}

/** Reads it from the facts of one request. */
export function historyOf(events: readonly AccessRequestEvent[]): RequestHistory {
  const approvals: RequestHistory['approvals'][number][] = [];
  let justification: string | null = null;
  for (const event of events) {
    if (event.type === 'AccessRequested') justification = event.personal.requester.fields?.justification ?? null;
    if (event.type !== 'RequestDecided') continue;
    const { approverId: approver, decision, decidedAt: at } = event.data;
    approvals.push({ approver, decision, at, comment: event.personal.approver.fields?.comment ?? null });
  }
  return { approvals, justification };
}
