import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { DomainError, type Causation, type Recorded } from '#libs/event-store/core.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { AccessRules, type GivenPackages, type Impact } from '../brake/brake.exports.js';
import type { StatedFields } from './attributes.js';
import { impactOf } from './impact.js';
import { mentionedIn, resolvePerson, readStatement } from './statement.input.js';
import type { WorkerEvent } from './worker.events.js';
import { foldOf, type Holder } from './worker-keys.js';
import { isKey, type FieldProblem } from './worker-rules.js';
import { stateWorker, type KnownWorker, type Today, type Worker } from './worker.js';
import { WorkerDays } from './worker-days.consumer.js';
import { WorkerLookup, type Found } from './worker-lookup.query.js';
import { Workers } from './workers.stream.js';

/** One worker as a caller states it: in full (what is absent is cleared) or in part (what is absent stays). */
export interface StatedWorker {
  readonly employeeId: string;
  readonly fields: StatedFields;
  readonly absent: 'cleared' | 'kept';
  readonly causation: Causation;
  /** A person confirmed that it is about the worker with that number, and that it may be applied. */
  readonly sure?: boolean;
}

export interface WorkerRecordedOutcome {
  readonly result: 'created' | 'changed' | 'terminated' | 'unchanged';
  readonly worker: KnownWorker;
  readonly version: number;
  readonly facts: readonly (WorkerEvent & Recorded)[];
  /** What it takes from somebody who works here. */
  readonly impact: Impact | null;
  /** The brake holds an earlier statement about this worker. */
  readonly braked: boolean;
}
export type WorkerOutcome =
  | WorkerRecordedOutcome
  /** `refusal` says what the facts forbid; without it the record itself is invalid. */
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

/** What the statements of one work have in common. */
interface Batch {
  readonly found: Found;
  readonly today: Today & { readonly contractorDays: number };
  readonly rules: GivenPackages;
  readonly work: Work;
}

@CommandHandler(RecordWorkers)
export class RecordWorkersHandler implements ICommandHandler<RecordWorkers> {
  constructor(
    private readonly workers: Workers,
    private readonly lookup: WorkerLookup,
    private readonly days: WorkerDays,
    private readonly clock: Clock,
    private readonly settings: ServiceSettings,
    private readonly rules: AccessRules,
  ) {}

  async execute({ stated, work }: RecordWorkers): Promise<readonly WorkerOutcome[]> {
    const { HUB_TIME_ZONE: defaultZone, CONTRACTOR_MAX_DAYS: contractorDays } = this.settings;
    const today = { nowMs: Date.parse(this.clock.now()), defaultZone, contractorDays };
    const found = await this.lookup.find(
      stated.map(({ employeeId, fields }) => ({
        employeeId,
        // An invalid key is refused below. PostgreSQL could not search for some of them.
        personId: isKey(fields.personId) ? fields.personId : null,
        mentioned: mentionedIn(fields),
      })),
    );
    const batch = { found, today, rules: await this.rules.current(), work };
    const outcomes = stated.map((record) => this.record(record, batch));
    crashPoint('hr.before-append');
    return outcomes;
  }

  private record(record: StatedWorker, batch: Batch): WorkerOutcome {
    const { found, today, rules } = batch;
    try {
      const read = readStatement(record, found, today);
      if (read.is === 'broken') return { result: 'rejected', problems: read.problems };
      const impact = impactOf(read.loaded.state, read.attributes, today, rules);
      const braked = found.braked.has(read.loaded.id);
      return { ...this.stage(read.loaded, read.attributes, record.causation, batch), impact, braked };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const refusal = error as DomainError;
      return { result: 'rejected', problems: [problemOf(refusal)], refusal };
    }
  }

  private stage(
    loaded: Loaded<Worker>,
    attributes: WorkerAttributes,
    causation: Causation,
    { found, today, work }: Batch,
  ): Omit<WorkerRecordedOutcome, 'impact' | 'braked'> {
    const knownPerson = attributes.personId === undefined ? null : resolvePerson(attributes.personId, found);
    const snapshot = { attributes, worker: loaded.id, person: knownPerson ?? uuidv7(), knownPerson };
    const after = this.workers.stage(work, loaded, stateWorker(snapshot, today, loaded.state), causation);
    const known = after.state;
    if (known.status === 'unknown') throw new Error('a snapshot left its worker unknown');
    this.days.arrange(work, loaded.state, after, today);
    note(found.workers, attributes.employeeId, after, (value) => value.id === after.id);
    if (attributes.personId !== undefined)
      note(found.persons, attributes.personId, known.person, (value) => value === known.person);
    return { result: resultOf(loaded.version, after.facts), worker: known, version: after.version, facts: after.facts };
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

function resultOf(versionBefore: number, facts: readonly WorkerEvent[]): WorkerRecordedOutcome['result'] {
  if (facts.length === 0) return 'unchanged';
  if (versionBefore === 0) return 'created';
  return facts.some(({ type }) => type === 'WorkerTerminated') ? 'terminated' : 'changed';
}

function problemOf(error: DomainError): FieldProblem {
  const pointer = 'pointer' in error.details ? String(error.details.pointer) : '/employeeId';
  return { field: pointer.slice(1), detail: error.message };
}
