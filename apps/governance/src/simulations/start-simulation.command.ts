import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore } from '#libs/event-store/event-store.js';
import { Clock } from '#libs/system/clock.js';
import { CurrentCatalog } from '../people/people.exports.js';
import { proposalOf } from './proposal.input.js';
import { Simulate } from './simulate.process.js';
import type { SimulationDto } from './simulations.dto.js';
import { Simulations } from './simulations.store.js';

/** How long a result is kept, in milliseconds: one day. */
const keptMs = 86_400_000;

export class StartSimulation extends Command<void> {
  constructor(
    readonly id: string,
    readonly proposed: SimulationDto,
  ) {
    super();
  }
}

/** Ends a simulation and forgets what it found. */
export class DiscardSimulation extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(StartSimulation)
export class StartSimulationHandler implements ICommandHandler<StartSimulation> {
  constructor(
    private readonly store: EventStore,
    private readonly catalog: CurrentCatalog,
    private readonly simulations: Simulations,
    private readonly simulate: Simulate,
    private readonly clock: Clock,
  ) {}

  async execute({ id, proposed }: StartSimulation): Promise<void> {
    const proposal = proposalOf(proposed, await this.catalog.current());
    const at = this.clock.now();
    const expiresAt = new Date(Date.parse(at) + keptMs).toISOString();
    const work = this.store.work();
    this.simulations.start(work, id, proposal, { at, expiresAt });
    this.simulate.stage(work, id, expiresAt);
    await work.commit();
  }
}

@CommandHandler(DiscardSimulation)
export class DiscardSimulationHandler implements ICommandHandler<DiscardSimulation> {
  constructor(
    private readonly store: EventStore,
    private readonly simulations: Simulations,
    private readonly simulate: Simulate,
  ) {}

  async execute({ id }: DiscardSimulation): Promise<void> {
    await this.simulations.get(id);
    const work = this.store.work();
    this.simulations.remove(work, id);
    this.simulate.cancel(work, id);
    await work.commit();
  }
}
