import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { noChanges, type Changes } from '../assignments/access.js';
import { Accesses } from '../assignments/accesses.stream.js';
import type { CatalogSnapshot } from '../catalog/catalog-snapshot.js';
import type { DesiredAccess } from '../desired-access/desired-access.js';
import { DesiredAccesses } from '../desired-access/desired-accesses.stream.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Person } from './person-batch.js';
import { People } from './people.query.js';
import { recomputePerson } from './recompute-person.js';

/** The actor of the hub's own reactions. */
export const governanceActor = 'service/governance';

/**
 * Updates the assignments and desired access of a person to the rules, the catalog and the identity. Stages into the
 * work of the cause.
 */
@Injectable()
export class Recomputation {
  constructor(
    private readonly accesses: Accesses,
    private readonly desiredAccesses: DesiredAccesses,
    private readonly people: People,
  ) {}

  /**
   * A work that changes a person's access records a decision about the person (`People.decide`). If nothing changes
   * here, the caller may have to record it.
   * @param asked changes decided elsewhere (a request approved, an assignment revoked), made together with those that
   * rules make
   * @param causation of the facts; with `asked`, the caller is the actor
   */
  stage(
    work: Work,
    person: Person,
    catalog: CatalogSnapshot,
    causation: Causation,
    at: string,
    asked: Changes = noChanges,
  ): Person {
    const { state } = person.identity;
    if (state.status === 'absent') return person;
    const given = { newId: uuidv7, at, epoch: this.desiredAccesses.epoch };
    const { access, desired } = recomputePerson(person, catalog, given, asked);
    if (access.length > 0 || desired.length > 0) this.people.decide(work, person);
    const accessAfter = this.accesses.stage(work, person.access, access, causation);
    const because = { ...causation, causationId: accessAfter.facts.at(-1)?.id ?? causation.causationId };
    const desiredAfter = new Map<string, Loaded<DesiredAccess>>(person.desired);
    for (const fact of desired) {
      const { application } = fact.data;
      const before = person.desired.get(application) ?? {
        id: DesiredAccesses.idOf(state.identityId, application),
        state: null,
        version: 0,
      };
      const { id, state: after, version } = this.desiredAccesses.stage(work, before, [fact], because);
      desiredAfter.set(application, { id, state: after, version });
    }
    const { id, state: accessState, version } = accessAfter;
    return { ...person, access: { id, state: accessState, version }, desired: desiredAfter };
  }
}
