import { AskRehearsalHandler } from './ask-rehearsal.command.js';
import { RehearsalsController } from './rehearsals.controller.js';
import { RehearsalRows } from './rehearsals.store.js';

/** What other features of this service may use of this one. */
export { changeOfRehearsal, type RehearsedName, rehearsedPerson, type RehearsedStep } from './rehearsal.js';
export type { OpenRehearsal } from './rehearsals.store.js';
export { RehearsalRows };

/** What this feature adds to the service. */
export const rehearsalParts = {
  controllers: [RehearsalsController],
  providers: [RehearsalRows, AskRehearsalHandler],
};
