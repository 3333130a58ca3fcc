import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, causationOf, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Clock } from '#libs/system/clock.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { canonicalKey } from '#libs/text/text.js';
import { type Hold, type HoldKind, type HoldReason, type HoldReleased, HoldStore } from '../holds/holds.exports.js';
import { CountedImports } from './counted-imports.store.js';
import { ImportNotHeld } from './import.errors.js';
import { ImportPieces } from './import-pieces.store.js';
import { MissingWorkers } from './missing-workers.store.js';

/** Releases a held import: whole, or only for these people. The others stay held by row. */
export class ReleaseImport extends Command<void> {
  constructor(
    readonly id: string,
    readonly employeeIds: readonly string[] | null,
    readonly reason: string | null,
    readonly caller: Caller,
  ) {
    super();
  }
}

/** Kinds that hold an import as a whole; the others hold a row, also when the import passes. */
const ofTheWhole: ReadonlySet<HoldKind> = new Set<HoldKind>(['leaving', 'losing-access', 'missing']);

@CommandHandler(ReleaseImport)
export class ReleaseImportHandler implements ICommandHandler<ReleaseImport> {
  constructor(
    private readonly imports: CountedImports,
    private readonly pieces: ImportPieces,
    private readonly holds: HoldStore,
    private readonly missing: MissingWorkers,
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  async execute(release: ReleaseImport): Promise<void> {
    await decideAgainOnConflict(() => this.decide(release));
  }

  private async decide({ id, employeeIds, reason, caller }: ReleaseImport): Promise<void> {
    const held = await this.imports.held(id);
    if (held === null) throw new ImportNotHeld(id);
    if (reason === null) {
      throw new InvalidInput([{ pointer: '/reason', detail: 'is missing: give the reason for the release' }]);
    }
    const all = await this.holds.ofImport(id);
    const whole = all.filter(({ kind }) => ofTheWhole.has(kind));
    const passing = employeeIds === null ? whole : chosen(whole, employeeIds);
    const staying = all.filter((hold) => !passing.includes(hold));
    const work = this.store.work();
    const by = caller.actor;
    this.holds.decide(work, idsOf(passing), 'passed', by);
    // They have no row that could stay held: the feed does not contain them.
    this.holds.decide(work, idsOf(staying.filter(({ kind }) => kind === 'missing')), 'cancelled', by);
    const left = await this.missing.known(
      passing.filter(({ kind }) => kind === 'missing').flatMap(({ worker }) => worker ?? []),
    );
    const more = await this.missing.take(work, held, left, await this.pieces.numbersIn(held));
    const lines = new Set(staying.flatMap(({ line }) => line ?? []));
    this.imports.release(work, held, { held: lines.size, more }, this.clock.now());
    const released = releasedFact(held.id, held.reasons, [passing.length, lines.size], reason, by);
    work.append(`hold-${uuidv7()}`, 0, [released], causationOf(caller));
    await work.commit();
  }
}

const idsOf = (holds: readonly Hold[]): string[] => holds.map(({ id }) => id);

/** @throws InvalidInput naming a number that is not held */
function chosen(holds: readonly Hold[], employeeIds: readonly string[]): Hold[] {
  const wanted = new Set(employeeIds.map(canonicalKey));
  const found = holds.filter(({ statement }) => wanted.has(canonicalKey(statement.employeeId)));
  const known = new Set(found.map(({ statement }) => canonicalKey(statement.employeeId)));
  const unknown = [...wanted].filter((number) => !known.has(number));
  if (unknown.length > 0) {
    const detail = `names ${unknown.slice(0, 20).join(', ')}, who are not held in this import: remove them`;
    throw new InvalidInput([{ pointer: '/employeeIds', detail }]);
  }
  return found;
}

function releasedFact(
  hold: string,
  reasons: readonly HoldReason[],
  [people, remaining]: readonly [number, number],
  reason: string,
  actor: string,
): HoldReleased {
  const decidedBy = actorId(actor);
  return {
    type: 'HoldReleased',
    v: 1,
    data: { hold, of: 'import', reasons, people, remaining, decidedBy },
    personal: { reason: { subject: decidedBy, fields: { reason } } },
  };
}
