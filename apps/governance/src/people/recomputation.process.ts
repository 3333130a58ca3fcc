import { Injectable } from '@nestjs/common';
import type { Causation } from '#libs/event-store/core.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Accesses, type AccessEvent, type Changes, noChanges } from '../assignments/assignments.exports.js';
import type { CatalogSnapshot, Origin } from '../policy/policy.exports.js';
import { type DesiredAccess, DesiredAccesses } from '../desired-access/desired-access.exports.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Identity } from '../identities/identities.exports.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { DueChanges } from './due-changes.process.js';
import { FactOrigins, isOfAssignment } from './fact-origins.js';
import type { Person } from './person-batch.js';
import { People } from './people.query.js';
import { recomputePerson } from './recompute-person.js';

/** The terms of a recomputation. */
export interface RecomputationTerms {
  readonly catalog: CatalogSnapshot;
  /** Of the facts that follow from the work itself; with `asked`, the person who asked is the actor. */
  readonly causation: Causation;
  readonly at: string;
  /** Changes decided elsewhere (a request approved, an assignment revoked), made together with those that rules make. */
  readonly asked?: Changes;
  /** The identity before this work, where the work changes it. */
  readonly formerly?: Identity;
}

export interface Recomputed {
  readonly person: Person;
  /** Null where nothing changed. */
  readonly origins: FactOrigins | null;
}

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
    private readonly due: DueChanges,
    private readonly settings: ServiceSettings,
  ) {}

  /**
   * A work that changes a person's access records a decision about the person (`People.decide`). If nothing changes
   * here, the caller may have to record it.
   */
  stage(work: Work, person: Person, terms: RecomputationTerms): Recomputed {
    const { state } = person.identity;
    if (state.status === 'absent') return { person, origins: null };
    const { catalog, causation, at, asked = noChanges, formerly = state } = terms;
    const given = { newId: uuidv7, at, epoch: this.desiredAccesses.epoch, formerly, zone: this.settings.HUB_TIME_ZONE };
    const { access, desired } = recomputePerson(person, catalog, asked, given);
    if (access.length === 0 && desired.length === 0) return { person, origins: null };
    this.people.decide(work, person);
    const origins = new FactOrigins(access, { person, formerly, catalog, asked });
    const { access: accessAfter, last } = this.stageAccess(work, person, access, origins, causation);
    this.due.watch(work, accessAfter, at);
    const desiredAfter = new Map<string, Loaded<DesiredAccess>>(person.desired);
    for (const fact of desired) {
      const { application } = fact.data;
      const before = person.desired.get(application) ?? {
        id: DesiredAccesses.idOf(state.identityId, application),
        state: null,
        version: 0,
      };
      const because = last.get(application) ?? { ...causation, ...origins.ofApplication(application) };
      const { id, state: after, version } = this.desiredAccesses.stage(work, before, [fact], because);
      desiredAfter.set(application, { id, state: after, version });
    }
    return { person: { ...person, access: accessAfter, desired: desiredAfter }, origins };
  }

  /** `last`: the cause of the desired access, by application: the last assignment that begins or ends there, otherwise the last fact about it. */
  private stageAccess(
    work: Work,
    person: Person,
    facts: readonly AccessEvent[],
    origins: FactOrigins,
    causation: Causation,
  ): { readonly access: Person['access']; readonly last: ReadonlyMap<string, Causation> } {
    let access = person.access;
    const last = new Map<string, Causation>();
    const begunOrEnded = new Set<string>();
    for (const { origin, run } of runsOf(facts, origins)) {
      const cause = { ...causation, ...origin };
      const { id, state, version, facts: recorded } = this.accesses.stage(work, access, run, cause);
      access = { id, state, version };
      const each = recorded.flatMap((fact) =>
        origins.applicationsOf(fact).map((application) => ({ fact, application })),
      );
      for (const { fact, application } of each) {
        if (isOfAssignment(fact)) begunOrEnded.add(application);
        else if (begunOrEnded.has(application)) continue;
        last.set(application, { ...cause, causationId: fact.id });
      }
    }
    return { access, last };
  }
}

/** Facts in their order, those with the same origin together. */
function runsOf(
  facts: readonly AccessEvent[],
  origins: FactOrigins,
): readonly { readonly origin: Origin | null; readonly run: readonly AccessEvent[] }[] {
  const runs: { origin: Origin | null; run: AccessEvent[] }[] = [];
  for (const fact of facts) {
    const origin = origins.ofFact(fact);
    const newest = runs.at(-1);
    if (newest?.origin?.causationId === origin?.causationId && newest !== undefined) newest.run.push(fact);
    else runs.push({ origin, run: [fact] });
  }
  return runs;
}
