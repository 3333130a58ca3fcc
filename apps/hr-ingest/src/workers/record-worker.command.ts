import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isDeepStrictEqual } from 'node:util';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import { crashPoint } from '#libs/event-store/crash-point.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Brake, type Impact, OneByOne } from '../brake/brake.exports.js';
import { type HeldStatement, type HoldKind, HoldStore, madeFact } from '../holds/holds.exports.js';
import { endOf, nameOf } from './forecast-workers.query.js';
import {
  RecordWorkers,
  type StatedWorker,
  type WorkerOutcome,
  type WorkerRecordedOutcome,
} from './record-workers.command.js';
import { OtherPerson, StatementHeld } from './worker.errors.js';

/**
 * States one worker, at once. A record of another person is refused and held for an hr-operator. A record that takes
 * access away is refused and held, too, if its source has taken access from too many people within the last hour.
 */
export class RecordWorker extends Command<WorkerOutcome> {
  /** @param check throws if the present version of the worker (0: none) is not the expected one; called on every attempt */
  constructor(
    readonly stated: StatedWorker,
    readonly check: (version: number) => void = () => undefined,
  ) {
    super();
  }
}

type Held = Pick<HeldStatement, 'displayName' | 'detail'> & {
  readonly worker: string;
  /** Of the worker, before the statement. */
  readonly version: number;
  readonly kind: HoldKind;
  readonly from: string | null;
};

@CommandHandler(RecordWorker)
export class RecordWorkerHandler implements ICommandHandler<RecordWorker> {
  private readonly counting = new OneByOne();

  constructor(
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly brake: Brake,
    private readonly holds: HoldStore,
    private readonly settings: ServiceSettings,
  ) {}

  async execute({ stated, check }: RecordWorker): Promise<WorkerOutcome> {
    return await decideAgainOnConflict(async () => {
      const work = this.store.work();
      const [outcome] = await this.commands.execute(new RecordWorkers([stated], work));
      if (outcome === undefined) throw new Error('one record has one outcome');
      if (outcome.result === 'rejected') {
        if (outcome.refusal instanceof OtherPerson) await this.holdForDecision(stated, outcome.refusal);
        return outcome;
      }
      check(versionBefore(outcome));
      const { impact, worker, braked } = outcome;
      if (braked) this.holds.supersede(work, await this.holds.brakedOf(worker.worker), stated.causation);
      if (impact === null) await work.commit();
      else {
        const counted = () => this.commitCounted(work, stated, outcome, impact);
        const refusal = await this.counting.run(`${impact} ${stated.causation.actor}`, counted);
        if (refusal !== null) return { result: 'rejected', problems: [], refusal };
      }
      crashPoint('hr.after-append');
      return outcome;
    });
  }

  /** Returns the refusal if it exceeds the limit. */
  private async commitCounted(
    work: Work,
    stated: StatedWorker,
    outcome: WorkerRecordedOutcome,
    kind: Impact,
  ): Promise<StatementHeld | null> {
    const { worker, attributes } = outcome.worker;
    const others = await this.brake.judgeOne(work, stated.causation.actor, { kind, worker });
    if (others !== null && attributes !== null) {
      const detail = detailOf[kind](others);
      const from = endOf(attributes, { defaultZone: this.settings.HUB_TIME_ZONE });
      const displayName = nameOf(attributes);
      const held = { worker, version: versionBefore(outcome), kind, from, displayName, detail };
      return new StatementHeld(await this.holdBraked(stated, held), detail);
    }
    await work.commit();
    return null;
  }

  /** Returns the id of the held statement. The same statement again has the same id. */
  private async holdBraked(stated: StatedWorker, held: Held): Promise<string> {
    const before = (await this.holds.brakedOf(held.worker)).filter(({ import: file }) => file === null);
    const same = before.find(
      ({ kind, statement: { fields } }) =>
        kind === held.kind && isDeepStrictEqual(fields, JSON.parse(JSON.stringify(stated.fields))),
    );
    if (same !== undefined) return same.id;
    const work = this.store.work();
    // A held statement of the same kind is replaced.
    this.holds.supersede(
      work,
      before.filter(({ kind }) => kind !== held.kind),
      stated.causation,
    );
    return await this.hold(work, stated, held);
  }

  private async holdForDecision(stated: StatedWorker, { known, message }: OtherPerson): Promise<void> {
    const { worker, version, attributes } = known;
    const held = { worker, version, kind: 'other-person', from: null } as const;
    await this.hold(this.store.work(), stated, { ...held, displayName: nameOf(attributes), detail: message });
  }

  private async hold(work: Work, { causation, ...stated }: StatedWorker, held: Held): Promise<string> {
    const { employeeId, fields, absent } = stated;
    const { displayName, detail, kind, ...whom } = held;
    const statement = { employeeId, fields, absent, displayName, detail };
    const [id = ''] = this.holds.add(work, [
      { import: null, line: null, kind, source: causation.actor, statement, ...whom },
    ]);
    work.append(`hold-${uuidv7()}`, 0, [madeFact(id, 'row', [kind], 1)], causation);
    await work.commit();
    return id;
  }
}

const versionBefore = ({ version, facts }: WorkerRecordedOutcome): number => version - facts.length;

const detailOf: Readonly<Record<Impact, (others: number) => string>> = {
  leaving: (others) => `leaves after ${others} others whom the same source ended within an hour`,
  'losing-access': (others) =>
    `would lose access by a change of an attribute, after ${others} others of the same source within an hour`,
};
