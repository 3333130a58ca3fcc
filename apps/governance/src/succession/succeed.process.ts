import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError, hasShape, parsed, type Causation } from '#libs/event-store/core.js';
import { RequestProblem } from '#libs/problems/problem.js';
import { EventStore } from '#libs/event-store/event-store.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import type { DueTimer } from '#libs/service-kit/timers/timers.store.js';
import { DefineAccessPackage, DefineApplication, DefineSeparationRule } from '../catalog/catalog.exports.js';
import { type IdentityStep, numbersOf } from '../identities/identities.exports.js';
import { governanceActor, isRescinded, People } from '../people/people.exports.js';
import { responsibilitiesOf, successorOf, transferred, type Transferred } from './responsibilities.js';
import { PassSponsorships } from '../sponsorships/sponsorships.exports.js';
import { Successions } from './successions.store.js';

/** Timer of somebody who has left and was responsible for something; its key is the identity. */
const succession = 'succession';
/** Timer of somebody whose leaving did not hold; its key is the identity. */
const withdrawal = 'succession-withdrawn';
type Because = Pick<Causation, 'correlationId' | 'causationId'>;
const isBecause = hasShape<Because>({ correlationId: 'text', causationId: 'any' });
const unconfirmed = { confirm: null, reason: null };

/** What leavers own and approve goes to the first whom the rules name; without one it stays listed as open. */
@Injectable()
export class Succeed implements OnModuleInit {
  private readonly log = new Logger(Succeed.name);

  constructor(
    private readonly timers: Timers,
    private readonly store: EventStore,
    private readonly commands: CommandBus,
    private readonly successions: Successions,
    private readonly sponsorships: PassSponsorships,
    private readonly people: People,
    private readonly settings: ServiceSettings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(succession, async (due) => {
      const sponsored = await this.sponsorships.sponsoredBy(due.map(({ key }) => key));
      for (const timer of due) await this.fire(timer, sponsored.get(timer.key) ?? []);
    });
    this.timers.handle(withdrawal, async (due) => {
      for (const timer of due) await this.withdraw(timer);
    });
  }

  /** In the work that records these changes of identities. */
  follow(work: Work, steps: readonly IdentityStep[], at: string): void {
    for (const { identityId, before, now, causation } of steps) {
      const { correlationId, causationId } = causation;
      const timer = { key: identityId, dueAt: at, payload: { correlationId, causationId } };
      if (now.status === 'inactive' && before.status !== 'inactive')
        this.timers.at(work, { ...timer, kind: succession });
      else if (now.status !== 'inactive' && isRescinded(before, now))
        this.timers.at(work, { ...timer, kind: withdrawal });
    }
  }

  /**
   * Gives everything of one person to another. A document that is refused keeps none of the others back.
   * @throws the first refusal; the succession stays open then
   */
  async transfer(from: string, to: string, causation: Causation): Promise<void> {
    const { catalog } = await this.people.today({ ids: [from] });
    const refused: Error[] = [];
    for (const one of transferred(from, to, catalog)) {
      try {
        await this.define(one, causation);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push(error);
      }
    }
    await this.sponsorships.passOn(from, to, causation);
    if (refused[0] !== undefined) throw refused[0];
    const work = this.store.work();
    this.successions.close(work, from, to, this.clock.now());
    await work.commit();
  }

  private async fire({ key, payload }: DueTimer, sponsored: readonly string[]): Promise<void> {
    const { batch, catalog } = await this.people.today({ ids: [key] });
    const owned = responsibilitiesOf(key, catalog);
    const items = [...owned, ...sponsored.map((id) => ({ kind: 'identity', id, as: 'sponsor' }) as const)];
    if (items.length === 0) return;
    const at = this.clock.now();
    const deputies = await this.successions.deputiesOf(key, at);
    const { state } = batch.get(key).identity;
    // Nothing to do for somebody who has returned, or whose things were moved by a run that did not end.
    if (state.status !== 'inactive') return;
    const people = await this.successions.peopleOf(key, numbersOf(state));
    const opening = this.store.work();
    this.successions.open(opening, { leaverId: key, items, ...people, openedAt: at });
    await opening.commit();
    const because = { actor: governanceActor, ...parsed<Because>('why a succession opens', isBecause, payload) };
    const manager = sponsored.length === 0 ? null : await this.sponsorships.managerHere(key);
    if (sponsored.length > 0) await this.sponsorships.passOn(key, manager, because);
    const successor = owned.length === 0 ? manager : await this.firstHere({ manager: state.managerId, deputies });
    if (successor === null) return;
    try {
      await this.transfer(key, successor, because);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.log.warn(`the succession of ${key} stays open: ${error.message}`);
    }
  }

  /** Contractors come back to a sponsor whose leaving did not hold. What the catalog names has an owner, who may give it back. */
  private async withdraw({ key, payload }: DueTimer): Promise<void> {
    const { state } = (await this.people.today({ ids: [key] })).batch.get(key).identity;
    if (state.status === 'absent' || state.status === 'inactive') return;
    const because = { actor: governanceActor, ...parsed<Because>('why a succession ends', isBecause, payload) };
    await this.sponsorships.passBack(key, numbersOf(state), because);
  }

  private async firstHere(candidates: Parameters<typeof successorOf>[1]): Promise<string | null> {
    const rules = this.settings.successors;
    const named = rules.filter((rule) => rule.startsWith('user:')).map((rule) => rule.slice('user:'.length));
    const ids = [...named, ...candidates.deputies, ...(candidates.manager === null ? [] : [candidates.manager])];
    const { batch } = await this.people.today({ ids });
    const isHere = (id: string): boolean => ['active', 'on-leave'].includes(batch.get(id).identity.state.status);
    return successorOf(rules, candidates, isHere);
  }

  private async define(one: Transferred, causation: Causation): Promise<void> {
    const definition = { id: one.id, ifMatch: undefined, causation };
    if (one.kind === 'application')
      await this.commands.execute(new DefineApplication({ ...definition, document: one.document }));
    else if (one.kind === 'separation-rule')
      await this.commands.execute(new DefineSeparationRule({ ...definition, document: one.document }));
    else
      await this.commands.execute(
        new DefineAccessPackage({ ...definition, document: one.document, confirmation: unconfirmed }),
      );
  }
}

const isRefusal = (error: unknown): error is Error => error instanceof RequestProblem || error instanceof DomainError;
