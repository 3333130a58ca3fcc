import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { Clock } from '#libs/system/clock.js';
import { filterResourceOf, People, type Person, Recomputation } from '../people/people.exports.js';
import { type AccessPackage, type CatalogSnapshot, conflictText, type Versioned } from '../policy/policy.exports.js';
import { holds } from './access.js';
import { AssignmentRefused } from './access.errors.js';
import type { AtOnce } from './access.events.js';
import { noChanges } from './access-state.js';
import { assignedPeriod, longestOf, refuseAssigning } from './assigning.js';
import { exceptedRules } from './separation.js';

export interface AssignmentWanted {
  readonly type: AtOnce['type'];
  readonly packageId: string;
  /** The caller, unless given. */
  readonly identityId: string | null;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
  readonly reason: string;
}

/** Gives access without a request. A repeat with the same `id` changes nothing. */
export class Assign extends Command<void> {
  constructor(
    readonly id: string,
    readonly wanted: AssignmentWanted,
    readonly caller: Caller,
  ) {
    super();
  }
}

@CommandHandler(Assign)
export class AssignHandler implements ICommandHandler<Assign> {
  constructor(
    private readonly store: EventStore,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  execute(command: Assign): Promise<void> {
    return decideAgainOnConflict(() => this.once(command));
  }

  private async once({ id, wanted, caller }: Assign): Promise<void> {
    const { type, packageId, reason } = wanted;
    const identityId = receiverOf(wanted, caller);
    const callers = caller.identity === null ? [] : [caller.identity];
    const { catalog, batch } = await this.people.today({ ids: [identityId, ...callers] });
    const person = batch.get(identityId);
    if (isHeld(id, person)) return;
    const { document, version: packageVersion } = publishedPackage(packageId, catalog);
    const at = this.clock.now();
    const mayAssign =
      caller.roles.includes('policy-admin') || callers.some((one) => owns(batch.get(one), packageId, catalog));
    const known = knownOf(packageId, person, catalog, at);
    refuseAssigning({ ...known, type, packageId, own: caller.identity === identityId, mayAssign }, document);
    const { since, until } = assignedPeriod(wanted, longestOf(type, document), at);
    const cause = { type, by: actorId(caller.actor) };
    const terms = { assignmentId: id, identityId, packageId, packageVersion, cause, since, reason };
    const asked = { ...noChanges, created: [until === null ? terms : { ...terms, until }] };
    const work = this.store.work();
    this.people.decide(work, person);
    const staged = this.recomputation.stage(work, person, { catalog, causation: causationOf(caller), at, asked });
    if (!isHeld(id, staged.person)) throw new AssignmentRefused('assignment.not_eligible', packageId, []);
    this.people.guard(
      work,
      catalog,
      callers.map((one) => batch.get(one)),
    );
    await work.commit();
  }
}

/** Who is to have it. @throws InvalidInput */
function receiverOf({ type, identityId, startsAt }: AssignmentWanted, { identity }: Caller): string {
  if (type !== 'direct' && startsAt !== null)
    throw new InvalidInput([{ pointer: '/startsAt', detail: 'is given: leave it out, such access begins at once' }]);
  const receiver = identityId ?? identity;
  if (receiver === null)
    throw new InvalidInput([{ pointer: '/identityId', detail: 'is missing: give the id of an identity' }]);
  return receiver;
}

const isHeld = (id: string, { access }: Person): boolean =>
  access.state.assignments.some(({ assignmentId }) => assignmentId === id);

function owns({ identity, access }: Person, packageId: string, catalog: CatalogSnapshot): boolean {
  const active = access.state.assignments.filter(({ phase }) => phase === 'active');
  const holding = active.map((one) => one.packageId);
  return catalog.packagesOwnedBy(identity.id, holding).includes(packageId);
}

/** @throws InvalidInput for an identity that is not known */
function knownOf(
  packageId: string,
  { identity: { state }, access }: Person,
  catalog: CatalogSnapshot,
  at: string,
): Pick<Parameters<typeof refuseAssigning>[0], 'present' | 'eligible' | 'held' | 'conflicts'> {
  if (state.status === 'absent')
    throw new InvalidInput([{ pointer: '/identityId', detail: 'names no known identity: give the id of an identity' }]);
  const others = access.state.assignments.map((one) => one.packageId);
  const conflicts = catalog.separation.conflictsOf(packageId, others, exceptedRules(access.state, at));
  return {
    present: state.status !== 'inactive',
    eligible: catalog.isEligible(packageId, filterResourceOf(state)),
    held: holds(packageId, access.state),
    conflicts: conflicts.map((one) => conflictText(packageId, one, 'the person has')),
  };
}

/** @throws InvalidInput */
function publishedPackage(packageId: string, catalog: CatalogSnapshot): Versioned<AccessPackage> {
  const known = catalog.accessPackage(packageId);
  if (known?.document.status === 'published') return known;
  throw new InvalidInput([{ pointer: '/packageId', detail: `names no published access package: ${packageId}` }]);
}
