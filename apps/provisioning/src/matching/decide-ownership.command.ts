import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorId, type Caller } from '#libs/auth/caller.js';
import { decideAgainOnConflict } from '#libs/event-store/conflict.js';
import type { Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { ConnectorNotDefined, ConnectorRows } from '../connectors/connectors.exports.js';
import { KnownPeople } from './known-people.store.js';
import { MatchObserved, type MatchingTerms } from './match-observed.process.js';
import { ObservedMatches } from './observed-matches.store.js';
import { decideOwnership, type StatedOwnership } from './ownership.js';
import type { OwnershipRow, RejectedRow } from './ownership-file.js';
import { Ownerships } from './ownerships.stream.js';

/** What became of stated decisions. */
export interface DecidedOwnership {
  /** Nothing was decided: it was only tried. */
  readonly dryRun: boolean;
  readonly decided: number;
  /** As decided before. */
  readonly unchanged: number;
  readonly rejections: readonly RejectedRow[];
}

/** A person says whose accounts are. A line about nobody known is rejected; the others count. */
export class DecideOwnership extends Command<DecidedOwnership> {
  constructor(
    readonly connector: string,
    readonly rows: readonly OwnershipRow[],
    readonly by: Caller,
    readonly causation: Causation,
    readonly dryRun: boolean,
  ) {
    super();
  }
}

/** Decisions that are stored together. */
const batchSize = 200;

@CommandHandler(DecideOwnership)
export class DecideOwnershipHandler implements ICommandHandler<DecideOwnership> {
  constructor(
    private readonly connectors: ConnectorRows,
    private readonly store: EventStore,
    private readonly ownerships: Ownerships,
    private readonly observed: ObservedMatches,
    private readonly people: KnownPeople,
    private readonly matching: MatchObserved,
    private readonly clock: Clock,
  ) {}

  async execute(command: DecideOwnership): Promise<DecidedOwnership> {
    const { connector, rows, dryRun } = command;
    const terms = await this.allowed(command);
    const total = { decided: 0, unchanged: 0 };
    const rejections: RejectedRow[] = [];
    for (let from = 0; from < rows.length; from += batchSize) {
      const batch = rows.slice(from, from + batchSize);
      const rejected = await this.rejected(connector, batch);
      const lines = new Set(rejected.map(({ line }) => line));
      const known = batch.filter(({ line }) => !lines.has(line));
      const decided = await this.decide(command, known);
      if (!dryRun) await this.rematch(connector, terms, known);
      rejections.push(...rejected);
      total.decided += decided;
      total.unchanged += known.length - decided;
    }
    return { dryRun, ...total, rejections };
  }

  /** An owner of the application, or a connector-admin. */
  private async allowed({ connector, by }: DecideOwnership): Promise<MatchingTerms> {
    await this.connectors.requireManager(connector, by, 'says whose its accounts are');
    const terms = await this.connectors.view(connector);
    if (terms === null) throw new ConnectorNotDefined(`there is no connector ${connector}`, { connector });
    return terms;
  }

  private async rejected(connector: string, rows: readonly OwnershipRow[]): Promise<RejectedRow[]> {
    const observed = await this.observed.of(
      connector,
      rows.map(({ accountId }) => accountId),
    );
    const there = new Set(observed.map(({ accountId }) => accountId));
    const people = await this.people.of(rows.flatMap(({ identityId }) => (identityId === null ? [] : [identityId])));
    return rows.flatMap(({ line, accountId, identityId }): RejectedRow[] => {
      if (!there.has(accountId))
        return [{ line, column: 'account', detail: 'is no account that the last reading showed' }];
      if (identityId !== null && !people.has(identityId))
        return [{ line, column: 'identity', detail: 'is nobody whom the hub knows: give the id of an identity' }];
      return [];
    });
  }

  /** @returns how many are new */
  private async decide(
    { connector, causation, dryRun }: DecideOwnership,
    rows: readonly (OwnershipRow & StatedOwnership)[],
  ): Promise<number> {
    const by = { connector, decidedBy: actorId(causation.actor), decidedAt: this.clock.now() };
    return await decideAgainOnConflict(async () => {
      const loaded = await this.ownerships.loadMany(rows.map(({ accountId }) => Ownerships.idOf(connector, accountId)));
      const work = this.store.work();
      let decided = 0;
      for (const { accountId, decision, identityId, kind, reason } of rows) {
        const before = loaded.get(Ownerships.idOf(connector, accountId));
        if (before === undefined) continue;
        const facts = decideOwnership({ ...by, accountId, decision, identityId, kind }, reason, before.state);
        decided += facts.length;
        this.ownerships.stage(work, before, facts, causation);
      }
      if (!dryRun) await work.commit();
      return decided;
    });
  }

  private async rematch(connector: string, terms: MatchingTerms, rows: readonly OwnershipRow[]): Promise<void> {
    const accounts = rows.map(({ accountId }) => accountId);
    await this.matching.rematch(connector, terms, accounts, this.clock.now());
  }
}
