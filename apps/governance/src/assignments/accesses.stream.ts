import { Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store/event-store.js';
import { EventStream } from '#libs/event-store/event-stream.js';
import { accessRows } from './access-rows.projection.js';
import { isOfAssignments, type AccessEvent, type AssignmentTerms } from './access.events.js';
import type { Access } from './access-state.js';
import { access, isAccess } from './access.js';

/** What each identity holds: one stream for each, so that rules over all its assignments are decided in one place. */
@Injectable()
export class Accesses extends EventStream<Access, AccessEvent> {
  constructor(store: EventStore) {
    super(store, { category: 'access', fold: access, isState: isAccess, readModels: [accessRows] });
  }

  /** By which facts the assignments of a person began and ended, by assignment id. */
  async beginningsOf(identityId: string): Promise<Map<string, AssignmentFacts>> {
    const [change] = await this.whole([identityId]);
    const found = new Map<string, AssignmentFacts>();
    for (const { type, id, data } of (change?.facts ?? []).filter((fact) => isOfAssignments(fact))) {
      const { assignment } = data;
      if (type === 'AssignmentCreated') found.set(assignment.assignmentId, { assignment, began: id, ended: null });
      const known = found.get(assignment.assignmentId);
      if (type === 'AssignmentRevoked' && known !== undefined)
        found.set(assignment.assignmentId, { ...known, ended: id });
    }
    return found;
  }
}

/** An assignment, with the ids of the facts by which it began and ended; null while it lasts. */
export interface AssignmentFacts {
  readonly assignment: AssignmentTerms;
  readonly began: string;
  readonly ended: string | null;
}
