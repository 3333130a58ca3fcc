import { Injectable } from '@nestjs/common';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { type Access, isActing, nextDue } from '../assignments/assignments.exports.js';

/** Timer of a person whose assignments change with time; its key is the identity. */
export const accessDue = 'access-due';
/** Timer of a person whose ownership a workflow transfers; its key is the identity. */
export const workflowTransfer = 'workflow-transfer';

/** One timer for each person with assignments that start, end or are announced later: at the next of these instants. */
@Injectable()
export class DueChanges {
  constructor(private readonly timers: Timers) {}

  /** @param at what was due until then is decided in this work */
  watch(work: Work, { id, state }: Loaded<Access>, at: string): void {
    const dueAt = nextDue(state, at);
    if (dueAt !== null) this.timers.at(work, { kind: accessDue, key: id, dueAt, payload: {} });
    if (isActing(state.workflows, 'transfer-ownership'))
      this.timers.at(work, { kind: workflowTransfer, key: id, dueAt: at, payload: {} });
  }
}
