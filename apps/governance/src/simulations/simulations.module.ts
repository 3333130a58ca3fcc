import { Module } from '@nestjs/common';
import { Simulate } from './simulate.process.js';
import { SimulationsController } from './simulations.controller.js';
import {
  DownloadSimulatedChangesHandler,
  GetSimulationHandler,
  ListSimulatedChangesHandler,
} from './simulations.query.js';
import { Simulations } from './simulations.store.js';
import { DiscardSimulationHandler, StartSimulationHandler } from './start-simulation.command.js';

/** What changed packages, rules and HR facts would give and take, without doing it. */
@Module({
  controllers: [SimulationsController],
  providers: [
    Simulations,
    Simulate,
    StartSimulationHandler,
    DiscardSimulationHandler,
    GetSimulationHandler,
    ListSimulatedChangesHandler,
    DownloadSimulatedChangesHandler,
  ],
})
export class SimulationsModule {}
