import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { DomainError, type Cause, type Recorded } from '#libs/event-store/core.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/service-kit/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings.js';
import { canonicalFields, withoutCleared, type StatedFields } from './attributes.js';
import { problemsOf } from './worker.dto.js';
import { KeyTaken } from './worker.errors.js';
import type { WorkerEvent } from './worker.events.js';
import { foldOf, keptKey, meant, type Holder } from './worker-keys.js';
import { isKey, type FieldProblem } from './worker-rules.js';
import { stateWorker, worker, type KnownWorker, type Today, type Worker } from './worker.js';
import { WorkerDays } from './worker-days.consumer.js';
import { WorkerLookup, type Found } from './worker-lookup.query.js';
import { Workers } from './workers.stream.js';

/** One worker as a caller states it: in full (what is absent is cleared) or in part (what is absent stays). */
export interface StatedWorker {
  readonly employeeId: string;
  readonly fields: StatedFields;
  readonly absent: 'cleared' | 'kept';
  readonly cause: Cause;
}

interface WorkerRecordedOutcome {
  readonly result: 'created' | 'changed' | 'terminated' | 'unchanged';
  readonly worker: KnownWorker;
  readonly version: number;
  readonly facts: readonly (WorkerEvent & Recorded)[];
}
export type WorkerOutcome =
  | WorkerRecordedOutcome
  /** `refusal` is what the facts forbid; without it the record itself is malformed. */
  | { readonly result: 'rejected'; readonly problems: readonly FieldProblem[]; readonly refusal?: DomainError };

/**
 * States many workers: stages facts, rows and timers into `work`, which the caller commits, and repeats whole on a
 * conflict. Two records of one worker count in their order. A record that is wrong stages nothing and stops no other.
 */
export class RecordWorkers extends Command<readonly WorkerOutcome[]> {
  constructor(
    readonly stated: readonly StatedWorker[],
    readonly work: Work,
  ) {
    super();
  }
}

@CommandHandler(RecordWorkers)
export class RecordWorkersHandler implements ICommandHandler<RecordWorkers> {
  constructor(
    private readonly workers: Workers,
    private readonly lookup: WorkerLookup,
    private readonly days: WorkerDays,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
  ) {}

  async execute({ stated, work }: RecordWorkers): Promise<readonly WorkerOutcome[]> {
    const today = { nowMs: Date.parse(this.clock.now()), defaultZone: this.settings.HUB_TIME_ZONE };
    const found = await this.lookup.find(
      stated.map(({ employeeId, fields: { personId } }) => ({
        employeeId,
        // What is no key is refused below, and PostgreSQL could not look for all of it.
        personId: isKey(personId) ? personId : null,
      })),
    );
    const outcomes = stated.map((record) => this.record(record, found, today, work));
    crashPoint('hr.before-append');
    return outcomes;
  }

  private record(record: StatedWorker, found: Found, today: Today, work: Work): WorkerOutcome {
    try {
      const loaded = workerMeant(record.employeeId, found);
      const stated = { ...canonicalFields(record.fields), employeeId: loaded.key };
      const fields = combined(stated, record.absent, loaded.state);
      const problems = problemsOf(fields, (field) => !(field in stated) && loaded.version > 0);
      if (problems.length > 0) return { result: 'rejected', problems };
      return this.stage(loaded, fields as unknown as WorkerAttributes, record.cause, found, today, work);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const refusal = error as DomainError;
      return { result: 'rejected', problems: [problemOf(refusal)], refusal };
    }
  }

  private stage(
    loaded: Loaded<Worker>,
    attributes: WorkerAttributes,
    cause: Cause,
    found: Found,
    today: Today,
    work: Work,
  ): WorkerOutcome {
    const knownPerson = attributes.personId === undefined ? null : personMeant(attributes.personId, found);
    const snapshot = { attributes, worker: loaded.id, person: knownPerson ?? uuidv7(), knownPerson };
    const after = this.workers.stage(work, loaded, stateWorker(snapshot, today, loaded.state), cause);
    const known = after.state;
    if (known.status === 'unknown') throw new Error('a snapshot left its worker unknown');
    this.days.arrange(work, loaded.state, after, today);
    note(found.workers, attributes.employeeId, after, (value) => value.id === after.id);
    if (attributes.personId !== undefined)
      note(found.persons, attributes.personId, known.person, (value) => value === known.person);
    return { result: resultOf(loaded.version, after.facts), worker: known, version: after.version, facts: after.facts };
  }
}

/** The worker that a number means, or a new one, and the form the number is stored in. @throws KeyTaken */
function workerMeant(employeeId: string, { workers }: Found): Loaded<Worker> & { readonly key: string } {
  const alike = workers.get(foldOf(employeeId)) ?? [];
  const whom = meant(employeeId, alike);
  switch (whom.is) {
    case 'known':
      return { ...whom.holder.value, key: keptKey(employeeId, whom.holder, alike) };
    case 'new':
      return { id: uuidv7(), state: worker.initial, version: 0, key: keptKey(employeeId, null, alike) };
    case 'twin':
      throw KeyTaken.inOtherCase('employeeId', employeeId, whom.first);
    case 'several':
      throw KeyTaken.severalTimes('employeeId', employeeId, whom.keys);
  }
}

/** The person that a personId means; null while nobody has it. @throws KeyTaken */
function personMeant(personId: string, { persons }: Found): string | null {
  const whom = meant(personId, persons.get(foldOf(personId)) ?? []);
  switch (whom.is) {
    case 'known':
      return whom.holder.value;
    case 'new':
      return null;
    case 'twin':
      throw KeyTaken.inOtherCase('personId', personId, whom.first);
    case 'several':
      throw KeyTaken.severalTimes('personId', personId, whom.keys);
  }
}

/** So that a later record of the same work finds what an earlier one stated. */
function note<Value>(
  known: Map<string, readonly Holder<Value>[]>,
  key: string,
  value: Value,
  isSame: (value: Value) => boolean,
): void {
  const others = (known.get(foldOf(key)) ?? []).filter((holder) => !isSame(holder.value));
  known.set(foldOf(key), [...others, { key, value }]);
}

function combined(stated: StatedFields, absent: StatedWorker['absent'], state: Worker): StatedFields {
  const kept = absent === 'kept' && state.status === 'known' ? state.attributes : null;
  return withoutCleared({ ...kept, ...stated });
}

function resultOf(versionBefore: number, facts: readonly WorkerEvent[]): WorkerRecordedOutcome['result'] {
  if (facts.length === 0) return 'unchanged';
  if (versionBefore === 0) return 'created';
  return facts.some(({ type }) => type === 'WorkerTerminated') ? 'terminated' : 'changed';
}

function problemOf(error: DomainError): FieldProblem {
  const pointer = 'pointer' in error.details ? String(error.details.pointer) : '/employeeId';
  return { field: pointer.slice(1), detail: error.message };
}
