import { Injectable, type OnModuleInit } from '@nestjs/common';
import { uuidv5 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { CurrentCatalog, FindAffectedPeople, People, unknownPerson, type Person } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { affectedByProposal, catalogUnder, foresee, hiredPerson, personUnder } from './proposal.js';
import { type SimulatedChange, type Simulation, Simulations } from './simulations.store.js';

const running = 'simulate';
const forgetting = 'forget-simulation';
/** People loaded and computed at a time: memory does not grow with their number. */
const pageSize = 500;

type Catalogs = readonly [CatalogSnapshot, CatalogSnapshot];

/** The id under which a simulation names somebody who might be hired. */
export const hiredId = (simulation: string, index: number): string => uuidv5(`${simulation}/hires/${index}`);

/**
 * Looks at everybody whom a proposal can touch, page by page, so that a crash goes on after the last page. It writes its own
 * rows only: no fact, no message. If the catalog changes meanwhile it begins again.
 */
@Injectable()
export class Simulate implements OnModuleInit {
  /** Of the simulation under way: its catalogs need not be made for each page. */
  private made: { readonly id: string; readonly catalogs: Catalogs } | null = null;

  constructor(
    private readonly timers: Timers,
    private readonly simulations: Simulations,
    private readonly catalog: CurrentCatalog,
    private readonly find: FindAffectedPeople,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(running, async (due, work) => {
      for (const { key } of due) await this.goOn(key, work);
    });
    this.timers.handle(forgetting, (due, work) => {
      for (const { key } of due) this.simulations.remove(work, key);
      return Promise.resolve();
    });
  }

  /** @param expiresAt when its result goes */
  stage(work: Work, id: string, expiresAt: string): void {
    this.next(work, id);
    this.timers.at(work, { kind: forgetting, key: id, dueAt: expiresAt, payload: {} });
  }

  cancel(work: Work, id: string): void {
    this.timers.cancel(work, running, id);
    this.timers.cancel(work, forgetting, id);
  }

  private next(work: Work, id: string): void {
    this.timers.at(work, { kind: running, key: id, dueAt: this.clock.now(), payload: {} });
  }

  private async goOn(id: string, work: Work): Promise<void> {
    const simulation = await this.simulations.find(id);
    if (simulation === null) return;
    const catalog = await this.catalog.current();
    if (simulation.catalogVersion !== catalog.version) {
      const [now, proposed] = this.catalogsOf(simulation, catalog);
      const affected = affectedByProposal(simulation.proposal, now, proposed);
      const total = await this.find.countAffected(affected, catalog);
      this.simulations.begin(work, id, catalog.version, total + simulation.proposal.hires.length);
      this.next(work, id);
    } else await this.page(simulation, catalog, work);
  }

  private async page(simulation: Simulation, catalog: CatalogSnapshot, work: Work): Promise<void> {
    const { id, proposal, position } = simulation;
    const catalogs = this.catalogsOf(simulation, catalog);
    const affected = affectedByProposal(proposal, ...catalogs);
    const found = await this.find.next(affected, catalog, { after: position, limit: pageSize });
    const { batch } = await this.people.today({ ids: found.ids });
    const at = this.clock.now();
    const pairs = found.ids.map((one): [Person, Person] => {
      const person = batch.get(one);
      return [person, personUnder(proposal.hrChanges, person, at)];
    });
    const hired = found.after === null ? hiredIn(simulation, at) : [];
    const all = [...pairs, ...hired];
    const changes = all.flatMap((pair) => changeOf(pair, catalogs, at));
    this.catalog.guard(work, catalog);
    const finishedAt = found.after === null ? at : null;
    this.simulations.add(work, id, { position: found.after, checked: all.length, changes, finishedAt });
    if (finishedAt === null) this.next(work, id);
    else this.made = null;
  }

  private catalogsOf({ id, proposal }: Simulation, catalog: CatalogSnapshot): Catalogs {
    if (this.made?.id !== id || this.made.catalogs[0] !== catalog)
      this.made = { id, catalogs: [catalog, catalogUnder(proposal, catalog)] };
    return this.made.catalogs;
  }
}

function hiredIn({ id, proposal }: Simulation, at: string): [Person, Person][] {
  return proposal.hires.map((attributes, index) => {
    const nobody = unknownPerson(hiredId(id, index));
    return [nobody, hiredPerson(attributes, nobody, at)];
  });
}

function changeOf(pair: readonly [Person, Person], catalogs: Catalogs, at: string): SimulatedChange[] {
  const { gains, loses } = foresee(pair, catalogs, at);
  return gains.length + loses.length > 0 ? [{ identityId: pair[0].identity.id, gains, loses }] : [];
}
