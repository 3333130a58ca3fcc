import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { hasShape, parsed, type Causation } from '#libs/event-store/core.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { firstUuid, uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { Accounts, parseScope } from '../accounts/accounts.exports.js';
import { type ConnectorRow, ConnectorRows } from '../connectors/connectors.exports.js';
import { ExposureCandidates, type After, type Candidate } from './exposure-candidates.query.js';
import { end, expose, type Proof } from './exposure.js';
import type { ExposureEvent } from './exposure.events.js';
import { Exposures } from './exposures.stream.js';
import { exposedNow, isPermitted, stillHeld, type Rules } from './judge.js';
import { proofOf } from './proof.js';

const sweep = 'exposures-sweep';
const all = 'all';
const intervalMs = 5_000;
/** Who keeps the account and loses a group is looked at once in so many sweeps: they may be among many people who wait. */
const everybodyEach = 12;
/** Accounts looked at by one timer. */
const pageSize = 1_000;
const start: After = { connector: '', identityId: firstUuid };

interface Progress {
  readonly after: After;
  /** Number of the sweep. */
  readonly run: number;
}

const isProgress = hasShape<Progress>({ after: 'object', run: 'any' });

/**
 * Opens an exposure for each account whose access should have ended and is not confirmed gone, and closes it when the facts of the account prove
 * that it is. Looks at open work and open exposures only.
 */
@Injectable()
export class ExposuresSweep implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly store: EventStore,
    private readonly timers: Timers,
    private readonly candidates: ExposureCandidates,
    private readonly exposures: Exposures,
    private readonly accounts: Accounts,
    private readonly connectors: ConnectorRows,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(sweep, ([due], work) =>
      this.fire(parsed('the progress of the sweep', isProgress, due?.payload), work),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const work = this.store.work();
    this.next(work, this.clock.now(), { after: start, run: 0 });
    await work.commit();
  }

  private next(work: Work, dueAt: string, payload: Progress): void {
    this.timers.at(work, { kind: sweep, key: all, dueAt, payload });
  }

  private async fire({ after, run }: Progress, work: Work): Promise<void> {
    const at = this.clock.now();
    const everybody = run % everybodyEach === 0;
    const page = await this.candidates.page({ after, limit: pageSize, everybody });
    if (page.length > 0) await this.judge(page, work, at);
    const last = page.length < pageSize ? undefined : page.at(-1);
    if (last !== undefined)
      this.next(work, at, { after: { connector: last.connector, identityId: last.identityId }, run });
    else this.next(work, new Date(Date.parse(at) + intervalMs).toISOString(), { after: start, run: run + 1 });
  }

  private async judge(page: readonly Candidate[], work: Work, at: string): Promise<void> {
    const rules = new Map((await this.connectors.all()).map((row) => [row.id, rulesOf(row)]));
    const ended = page.filter((one) => isOpen(one) && !isExposed(one, rules.get(one.connector) ?? null));
    const proofs = await this.proofsOf(ended, rules);
    const causation: Causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null };
    for (const one of page) {
      const { exposure } = one;
      const exposed = exposedNow(one, rules.get(one.connector) ?? null, at);
      const events =
        exposed !== null
          ? expose(exposed, { withinMs: this.settings.revocationWithinMs, at }, exposure.state)
          : this.ended(one, proofs, at);
      if (events.length > 0) this.exposures.stage(work, exposure, events, causation);
    }
  }

  private ended({ exposure }: Candidate, proofs: ReadonlyMap<string, Proof | null>, at: string): ExposureEvent[] {
    const proof = proofs.get(exposure.id);
    return proof === undefined ? [] : end(proof, at, exposure.state);
  }

  private async proofsOf(
    ended: readonly Candidate[],
    rules: ReadonlyMap<string, Rules>,
  ): Promise<Map<string, Proof | null>> {
    const streams = await this.accounts.whole(ended.map((one) => Accounts.idOf(one.identityId, one.connector)));
    const facts = new Map(streams.map((change) => [change.id, change.facts]));
    return new Map(
      ended.map((one) => {
        const own = facts.get(Accounts.idOf(one.identityId, one.connector)) ?? [];
        const ofConnector = rules.get(one.connector) ?? null;
        const since = one.exposure.state?.decidedAt ?? '';
        const proof = proofOf(own, since, (state) => stillHeld(one, ofConnector, state).length > 0);
        return [one.exposure.id, proof ?? wantedAgain(one, ofConnector)];
      }),
    );
  }
}

function rulesOf({ document }: ConnectorRow): Rules {
  const { mode, deprovision, onDisable, scope } = document;
  return {
    mode,
    policy: { onUnassign: deprovision.onUnassign, onDisable },
    scope: scope === null ? null : parseScope(scope),
  };
}

const isOpen = ({ exposure }: Candidate): boolean => exposure.state !== null && exposure.state.closed === null;

const isExposed = (one: Candidate, rules: Rules | null): boolean => stillHeld(one, rules, one.account).length > 0;

/** What was exposed is permitted now, so it need not end. */
function wantedAgain(one: Candidate, rules: Rules | null): Proof | null {
  if (one.desired === null || !isPermitted(one, rules)) return null;
  return { how: 'wanted-again', id: one.desired.messageId };
}
